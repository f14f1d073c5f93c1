# Image in which the tests run, and the stage that runs them. From the repository's root:
#
#   docker build -f packaging/ci.Dockerfile --target tools -t palimpsest-ci .     what changes only with pipelines/deps
#   docker build -f packaging/ci.Dockerfile --target test .                       builds and passes tests/run.sh
#
# The sandbox's tests are skipped where the engine allows no user name spaces.

FROM debian:bookworm AS tools
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get -qq update \
 && apt-get -qq install -y --no-install-recommends clang-format clang-tidy dpkg-dev file groff-base lintian zsh fish \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pipelines/setup.sh pipelines/setup.sh
COPY pipelines/deps pipelines/deps
RUN pipelines/setup.sh

FROM tools AS test
COPY . .
RUN tests/run.sh
