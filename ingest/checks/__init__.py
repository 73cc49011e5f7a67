"""What is checked in a file once it is read: one module per kind of question, each rule by its name."""
