//go:build unix && !linux

package postgres

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// setDeathSignal: only Linux can do that. Elsewhere a server outlives an X-Ray
// that was killed, and the next start stops it.
func setDeathSignal(*syscall.SysProcAttr, syscall.Signal) {}

// processes lists what runs on this machine.
func processes() ([]process, error) {
	out, err := exec.Command("ps", "-axww", "-o", "pid=,uid=,command=").Output()
	if err != nil {
		return nil, err
	}
	var all []process
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		pid, err1 := strconv.Atoi(fields[0])
		uid, err2 := strconv.ParseUint(fields[1], 10, 32)
		if err1 == nil && err2 == nil {
			all = append(all, process{pid: pid, uid: uint32(uid), title: strings.Join(fields[2:], " ")})
		}
	}
	return all, nil
}

// stillRuns reports whether p lives.
func stillRuns(p process) bool { return !errors.Is(syscall.Kill(p.pid, 0), syscall.ESRCH) }

// workingDir of a process: not known here without privileges.
func workingDir(int) string { return "" }
