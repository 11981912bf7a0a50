package main

import (
	"fmt"
	"runtime"
)

// version is set by the linker (make build); a plain go build has this.
var version = "0.1.0-dev"

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Printf("xray %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
