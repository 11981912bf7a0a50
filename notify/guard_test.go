package notify

import (
	"net/netip"
	"testing"
)

func TestGuardKnowsTheNetworkThatItStandsIn(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}
	for address, may := range map[string]struct{ server, local, allowed bool }{
		"93.184.215.14":            {true, true, true},
		"2606:2800:21f:cb07::1":    {true, true, true},
		"127.0.0.1":                {false, true, false},
		"127.8.8.8":                {false, true, false},
		"::1":                      {false, true, false},
		"::ffff:127.0.0.1":         {false, true, false},
		"::ffff:93.184.215.14":     {true, true, true},
		"10.0.0.1":                 {false, true, false},
		"10.20.3.4":                {false, true, true},
		"::ffff:10.20.3.4":         {false, true, true},
		"172.16.0.1":               {false, true, false},
		"172.32.0.1":               {true, true, true},
		"192.168.1.1":              {false, true, false},
		"fd00::1":                  {false, true, false},
		"fd00:1::1":                {false, true, true},
		"169.254.169.254":          {false, false, false}, // where clouds keep their keys
		"::ffff:169.254.169.254":   {false, false, false},
		"fe80::1":                  {false, false, false},
		"fe80::1%eth0":             {false, false, false},
		"0.0.0.0":                  {false, false, false},
		"0.1.2.3":                  {false, false, false},
		"::":                       {false, false, false},
		"::7f00:1":                 {false, false, false},
		"100.64.0.1":               {false, false, false},
		"100.127.255.255":          {false, false, false},
		"100.128.0.1":              {true, true, true},
		"192.0.0.8":                {false, false, false},
		"198.18.0.1":               {false, false, false},
		"203.0.113.7":              {false, false, false},
		"224.0.0.1":                {false, false, false},
		"ff02::1":                  {false, false, false},
		"240.0.0.1":                {false, false, false},
		"255.255.255.255":          {false, false, false},
		"64:ff9b::7f00:1":          {false, true, false}, // NAT64 of 127.0.0.1
		"64:ff9b::a9fe:a9fe":       {false, false, false},
		"64:ff9b::5db8:d70e":       {true, true, true},
		"64:ff9b:1::5db8:d70e":     {false, false, false},
		"2002:7f00:1::":            {false, true, false}, // 6to4 of 127.0.0.1
		"2002:c0a8:101::1":         {false, true, false},
		"2001:0:53aa:64c:0:0:0:1":  {false, false, false}, // Teredo
		"2001:db8::1":              {false, false, false},
		"fec0::1":                  {false, false, false},
		"2a00:1450:4001:80b::200e": {true, true, true},
	} {
		ip := netip.MustParseAddr(address)
		for name, tc := range map[string]struct {
			guard Guard
			want  bool
		}{
			"server":  {Guard{}, may.server},
			"local":   {Guard{Local: true}, may.local},
			"allowed": {Guard{Allow: allow}, may.allowed},
		} {
			if err := tc.guard.Check(ip); (err == nil) != tc.want {
				t.Errorf("%s: %s: %v, want it allowed: %v", name, address, err, tc.want)
			}
		}
	}
}

func TestGuardRefusesWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"", "host:80", "1.2.3.4", "[::1", "127.0.0.1:80"} {
		if (Guard{}).Control("tcp", address, nil) == nil {
			t.Errorf("%q may be connected to", address)
		}
	}
	if err := (Guard{}).Control("tcp6", "[2606:2800:21f:cb07::1]:443", nil); err != nil {
		t.Error(err)
	}
}
