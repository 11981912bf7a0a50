package notify

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

// mailServer takes one mail and returns its address; what it was told comes from
// the channel. refuse is what it answers to recipients instead of yes.
func mailServer(t *testing.T, refuse string) (string, <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	told := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		told <- converse(conn, refuse)
	}()
	return l.Addr().String(), told
}

func converse(conn net.Conn, refuse string) string {
	var all strings.Builder
	fmt.Fprint(conn, "220 mail.example\r\n")
	data := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		all.WriteString(line + "\n")
		switch verb := strings.ToUpper(line); {
		case data && line == ".":
			data = false
			fmt.Fprint(conn, "250 taken\r\n")
		case data:
		case strings.HasPrefix(verb, "RCPT") && refuse != "":
			fmt.Fprint(conn, refuse+"\r\n")
		case verb == "DATA":
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return all.String()
		default:
			fmt.Fprint(conn, "250 mail.example\r\n")
		}
	}
	return all.String()
}

func mailTo(t *testing.T, address string) xray.Attempt {
	t.Helper()
	m, err := ParseMailServer(address, "xray@example.com")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Mail: m, PublicURL: "https://xray.example"})
	return s.Send(t.Context(), xray.Hook{Kind: xray.HookEmail, To: []string{"a@example.com", "b@example.com"}}, nil, "msg_1", failed)
}

func TestAMailSaysWhatHappened(t *testing.T) {
	address, told := mailServer(t, "")
	a := mailTo(t, "smtp://"+address+"?tls=none")
	if !a.OK() || a.Status != 250 {
		t.Fatalf("the attempt: %+v", a)
	}
	got := <-told
	for _, part := range []string{
		"MAIL FROM:<xray@example.com>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "Subject: [X-Ray] find <phone> failed",
		"Message-ID: <msg_1@xray>", "Auto-Submitted: auto-generated", "Failed at rank: no & more", "https://xray.example/executions/ab01",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in:\n%s", part, got)
		}
	}
}

func TestAMailThatIsRefusedSaysSo(t *testing.T) {
	address, _ := mailServer(t, "550 no such user")
	if a := mailTo(t, "smtp://"+address+"?tls=none"); a.OK() || !strings.Contains(a.Error, "550") {
		t.Errorf("the attempt: %+v", a)
	}
}

// A password, and what happened, is not sent in the clear to a server that can no
// better, unless somebody said so.
func TestAMailServerWithoutTLSIsRefused(t *testing.T) {
	address, told := mailServer(t, "")
	if a := mailTo(t, "smtp://user:secret@"+address); a.OK() || !strings.Contains(a.Error, "STARTTLS") || strings.Contains(a.Error, "secret") {
		t.Errorf("the attempt: %+v", a)
	}
	if got := <-told; strings.Contains(got, "MAIL") || strings.Contains(got, "AUTH") {
		t.Errorf("it was told:\n%s", got)
	}
}

func TestMailServersThatCannotBe(t *testing.T) {
	for address, from := range map[string]string{
		"http://mail.example":            "a@b.c",
		"smtp://":                        "a@b.c",
		"smtp://mail.example?tls=maybe":  "a@b.c",
		"smtp://mail.example":            "nobody",
		"smtp://u:topsecret@mail:port/x": "a@b.c",
	} {
		if _, err := ParseMailServer(address, from); xray.ErrorCode(err) != xray.CodeInvalid || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s from %s: %v", address, from, err)
		}
	}
}
