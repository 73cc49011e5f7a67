# The platform: `exchange serve`, `exchange work` and `exchange migrate` in one image.
FROM python:3.12-slim AS build
WORKDIR /source
RUN python -m venv /opt/exchange
COPY requirements.lock requirements-mpr.lock pyproject.toml ./
# The lock names every distribution with its hashes, those for tests too; the direct ones of them go again.
RUN /opt/exchange/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock \
 && python -c "import re, tomllib; print(*(re.split('[<>=]', one)[0] for one in tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['dev']))" \
  | xargs /opt/exchange/bin/pip uninstall --yes --quiet
# The reader of BioLogic's .mpr files, in an environment and processes of its own (docs/decisions/0002-mpr-reader.md).
RUN python -m venv /opt/exchange/mpr \
 && /opt/exchange/mpr/bin/pip install --no-cache-dir --require-hashes -r requirements-mpr.lock
COPY README.md LICENSE ./
COPY schemas schemas
COPY ingest ingest
COPY access access
COPY storage storage
COPY exchange exchange
RUN /opt/exchange/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/exchange exchange \
 && install -d -o exchange -g exchange -m 0700 /var/lib/exchange /var/spool/exchange
COPY --from=build /opt/exchange /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EXCHANGE_DATA=/var/lib/exchange \
    EXCHANGE_SPOOL=/var/spool/exchange
USER exchange
WORKDIR /var/lib/exchange
VOLUME ["/var/lib/exchange", "/var/spool/exchange"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/api/v1/health', timeout=4)"]
CMD ["exchange", "serve", "--host", "0.0.0.0"]
