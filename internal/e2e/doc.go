// Package e2e holds the tests that go the whole way: real clients' traffic and
// programs, the built binary with its own PostgreSQL, and its API. It is a
// module of its own so that it can use the SDK, which the product must not.
// Only the model is stood in for.
package e2e
