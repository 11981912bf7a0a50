# X-Ray from source:
#   docker build -t xray --build-arg VERSION="$(scripts/version)" .
# The UI is in the repository as it was built, so no Node.js is needed.
FROM golang:1.26 AS build
WORKDIR /src
ENV GOWORK=off CGO_ENABLED=0
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=0.1.0-dev
RUN go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /xray ./cmd/xray

# Nothing but the binary: no shell, no package to keep up to date. It brings the
# root certificates of the web PKI with it.
FROM scratch
COPY --from=build /xray /xray
COPY LICENSE /
USER 65532:65532
# Loopback of a container is nobody's: listen on all of its addresses.
ENV XRAY_LISTEN=0.0.0.0:8080 XRAY_OTLP_HTTP=0.0.0.0:4318 XRAY_OTLP_GRPC=0.0.0.0:4317 XRAY_URL=http://127.0.0.1:8080
EXPOSE 8080 4317 4318
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/xray", "doctor", "--ready"]
ENTRYPOINT ["/xray"]
CMD ["serve"]
