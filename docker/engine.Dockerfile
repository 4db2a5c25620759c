# An engine with CUDA. Build from the repository's root:
#   docker build --file docker/engine.Dockerfile --tag outcrop-engine .
# torch's wheel carries the CUDA libraries; the driver comes from the host, through NVIDIA's container toolkit.
FROM nvidia/cuda:12.8.1-base-ubuntu24.04 AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-venv=3.12.* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY bus bus
COPY engine engine
COPY migrations migrations
COPY options options
COPY outcrop outcrop
COPY pictures pictures
RUN python3 -m venv /opt/outcrop \
    && /opt/outcrop/bin/python -m pip install --no-cache-dir --constraint constraints.txt '.[diffusion]'

FROM nvidia/cuda:12.8.1-base-ubuntu24.04
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3=3.12.* \
    && rm -rf /var/lib/apt/lists/* \
    && userdel --remove ubuntu \
    && useradd --system --uid 1000 --home-dir /models --create-home outcrop
COPY --from=build /opt/outcrop /opt/outcrop
ENV PATH=/opt/outcrop/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HOME=/models \
    OUTCROP_HTTP=127.0.0.1:9420 \
    OUTCROP_LOG=json
# Models are downloaded here, once.
VOLUME /models
USER 1000
WORKDIR /models
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9421/healthz', timeout=4)"]
ENTRYPOINT ["outcrop"]
CMD ["engine"]
