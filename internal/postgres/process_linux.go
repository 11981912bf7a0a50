package postgres

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// setDeathSignal has the kernel send sig to the child when the thread that
// started it ends.
func setDeathSignal(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }

// processes lists what runs on this machine, or in this container. It reads
// only what everybody may read: root in a container may not look at more of
// another user's process than its command line.
func processes() ([]process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var all []process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		uid, _, err := ownerOf(filepath.Join("/proc", e.Name()))
		if err != nil {
			continue // ended meanwhile
		}
		all = append(all, process{pid: pid, uid: uid, title: titleOf(pid)})
	}
	return all, nil
}

func titleOf(pid int) string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(string(raw), "\x00", " "))
}

// stillRuns reports whether p lives. A zombie does not: it holds nothing any
// more, but in a container nobody may ever collect it.
func stillRuns(p process) bool { return titleOf(p.pid) != "" }

// workingDir of a process, "" if we may not know.
func workingDir(pid int) string {
	dir, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	if err != nil {
		return ""
	}
	return dir
}
