// Package arch keeps the house in order by tests alone: which package may
// import which (the table in imports_test.go), and that no committed file
// speaks of the machine it was written on. It looks at source files, not at
// what they do, and holds no code that anybody could import.
package arch
