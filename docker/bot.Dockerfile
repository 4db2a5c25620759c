# The bot: Discord, history and pictures; no torch. Build from the repository's root:
#   docker build --file docker/bot.Dockerfile --tag outcrop-bot .
FROM python:3.12-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY bus bus
COPY engine engine
COPY migrations migrations
COPY options options
COPY outcrop outcrop
COPY pictures pictures
RUN python -m venv /opt/outcrop \
    && /opt/outcrop/bin/python -m pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 1000 --home-dir /data --create-home outcrop
COPY --from=build /opt/outcrop /opt/outcrop
ENV PATH=/opt/outcrop/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    OUTCROP_DATA=/data \
    OUTCROP_HTTP=127.0.0.1:9420 \
    OUTCROP_LOG=json
# Only /data is written to, so the root file system may be read-only.
VOLUME /data
USER 1000
WORKDIR /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9420/healthz', timeout=4)"]
ENTRYPOINT ["outcrop"]
CMD ["bot"]
