package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// writeCertificate makes a certificate of localhost that vouches for itself.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: raw}, keyFile: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestAllListenersSpeakTLSAndTakeARenewedCertificate asks each listener with
// the certificate of before and after, without a restart between.
func TestAllListenersSpeakTLSAndTakeARenewedCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	roots := x509.NewCertPool()
	roots.AddCert(writeCertificate(t, certFile, keyFile, 1))
	srv := start(t, settings{args: []string{"--tls-cert", certFile, "--tls-key", keyFile}})
	for _, url := range []string{srv.UI, srv.HTTP, srv.GRPC} {
		if !strings.HasPrefix(url, "https://") {
			t.Errorf("the server names %s", url)
		}
	}
	// serial is that of the certificate a listener shows; 0 if it is not trusted.
	serial := func(url string) int64 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{RootCAs: roots, NextProtos: []string{"h2"}})
		if err != nil {
			return 0
		}
		defer conn.Close()
		if conn.ConnectionState().NegotiatedProtocol != "h2" {
			t.Errorf("%s does not speak HTTP/2", url)
		}
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	ask := func() {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
		for _, url := range []string{srv.UI + "/readyz", srv.HTTP + "/readyz"} {
			resp, err := client.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
				t.Errorf("%s: %s over %s", url, resp.Status, resp.Proto)
			}
		}
		conn, err := grpc.NewClient(strings.TrimPrefix(srv.GRPC, "https://"), grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots})))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		td := ptrace.NewTraces()
		span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{1})
		if _, err := ptraceotlp.NewGRPCClient(conn).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(td)); err != nil {
			t.Errorf("gRPC: %v", err)
		}
	}
	ask()

	// Half of a new pair is no pair: the one before stays.
	if err := os.WriteFile(keyFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server has seen the broken pair", time.Minute, func() bool {
		if got := serial(srv.UI); got != 1 {
			t.Fatalf("with a broken pair the certificate is %d", got)
		}
		return strings.Contains(srv.log.String(), "the one before stays")
	})
	roots.AddCert(writeCertificate(t, certFile, keyFile, 2))
	for _, url := range []string{srv.UI, srv.HTTP, srv.GRPC} {
		eventually(t, url+" shows the new certificate", time.Minute, func() bool { return serial(url) == 2 })
	}
	ask()
	if resp, err := http.Get("http" + strings.TrimPrefix(srv.UI, "https") + "/api/executions"); err == nil {
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS the list answers %s", resp.Status)
		}
	}
}
