"""Own cycle segmentation and the cycle summary: decided by the current alone, whatever counters a file brings."""




DEFINITION = "1"
BLOCK_ROWS = 131_072
STEP_COLUMNS = ("step_count", "step_id")
TEMPERATURES = ("surface_temperature_celsius", "temperature_t1_celsius", "ambient_temperature_celsius")
