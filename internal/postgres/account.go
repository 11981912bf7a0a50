//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/xraytrace/xray"
)

// account is who the server runs as.
type account struct {
	uid, gid uint32
	name     string
	drop     bool // we are root, and it is not
}

// chooseAccount picks the server's account: our own, except for root, as which
// PostgreSQL refuses to run. Root takes the owner of the data that is there,
// so that data moves between machines and containers; else the user that the
// packages of PostgreSQL make; else nobody. (A number without an entry in
// passwd will not do: initdb looks itself up.)
func chooseAccount(data string) (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		return account{uid: uint32(uid), gid: uint32(os.Getegid()), name: userName(uint32(uid))}, nil
	}
	if uid, gid, err := ownerOf(data); err == nil && uid != 0 {
		return account{uid: uid, gid: gid, name: userName(uid), drop: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{uid: uint32(uid), gid: uint32(gid), name: name, drop: true}, nil
		}
	}
	return account{}, xray.Errorf(xray.CodeConflict, "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as: start X-Ray as an ordinary user, or add one of them")
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "with id " + id
}

func ownerOf(path string) (uid, gid uint32, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("no owner known of %s", path)
	}
	return st.Uid, st.Gid, nil
}

// blockedAt returns the first directory on the way to path that the account
// may not enter, "" if the way is free; what is not there yet will be. It knows modes, not ACLs; our own
// account is not checked, the kernel does that with better words.
func (a account) blockedAt(path string) string {
	if !a.drop {
		return ""
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return dir
		}
		if err == nil && !a.mayEnter(info) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func (a account) mayEnter(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode(); {
	case !ok:
		return true // the kernel will say
	case st.Uid == a.uid:
		return mode&0o100 != 0
	case st.Gid == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// give makes path, and everything below it, the account's.
func (a account) give(path string) error {
	if !a.drop {
		return nil
	}
	return filepath.WalkDir(path, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, int(a.uid), int(a.gid))
	})
}

// credential is what a child of ours runs as; nil keeps our own.
func (a account) credential() *syscall.Credential {
	if !a.drop {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}
