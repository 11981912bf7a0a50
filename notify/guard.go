package notify

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Guard decides which addresses may be connected to.
type Guard struct {
	// Local is for a server that only its own machine can reach: whoever can
	// make it call the machine's own network can do so without it.
	Local bool
	// Allow are networks that may be called whatever they are.
	Allow []netip.Prefix
}

// Control is for [net.Dialer]: it sees the address that a connection really goes
// to, after names were resolved and for every connection anew. A name that leads
// elsewhere the second time it is asked gains nothing.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("cannot tell where %q leads", address)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("cannot tell where %q leads", address)
	}
	return g.Check(ip)
}

// Check says why an address may not be connected to.
func (g Guard) Check(ip netip.Addr) error {
	ip = ip.WithZone("").Unmap()
	for _, p := range g.Allow {
		if p.Contains(ip) {
			return nil
		}
	}
	if inner, ok := embedded(ip); ok {
		ip = inner
	}
	if g.Local && (ip.IsLoopback() || ip.IsPrivate()) {
		return nil
	}
	if why := inside(ip); why != "" {
		return fmt.Errorf("%s is %s: X-Ray calls it only when started with --webhook-allow for it", ip, why)
	}
	return nil
}

// inside says what makes an address one of the network that we are in, or of no
// network at all; "" for the others.
func inside(ip netip.Addr) string {
	switch {
	case ip.IsLoopback():
		return "an address of this machine"
	case ip.IsPrivate():
		return "a private address"
	case ip.IsLinkLocalUnicast():
		return "a link-local address"
	case ip.IsMulticast(), ip.IsUnspecified(), !ip.IsValid():
		return "no address to connect to"
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return "a reserved address"
		}
	}
	return ""
}

// reserved are the networks of IANA's special-purpose registries that are not
// globally reachable and that net/netip has no word for.
var reserved = prefixes(
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // carrier-grade NAT
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, and broadcast
	"::/96",           // IPv4-compatible, long deprecated
	"100::/64",        // discard
	"2001::/23",       // protocol assignments, Teredo among them
	"2001:db8::/32",   // documentation
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"64:ff9b:1::/48",  // NAT64 of one's own network
	"fec0::/10",       // site-local, long deprecated
)

// The ways in which an IPv6 address carries an IPv4 address that the connection
// ends at.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4 = netip.MustParsePrefix("2002::/16")
)

// embedded is the IPv4 address that an IPv6 address stands for.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case sixTo4.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, p := range all {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}
