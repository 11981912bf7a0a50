package main

// The roots of the web PKI for machines that have none, as an empty container:
// without them no model and no identity provider could be asked over TLS. The
// system's own come first.
import _ "golang.org/x/crypto/x509roots/fallback"
