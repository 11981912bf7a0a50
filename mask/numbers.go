package mask

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Numbers gives what is masked in one conversation numbers: equal values get
// equal markers and different ones different, and whoever holds the Numbers can
// put the values back. It is safe for concurrent use.
type Numbers struct {
	mu      sync.Mutex
	markers map[string]string // by rule and value
	values  map[string]string // by marker
	count   map[string]int    // by rule
}

// NewNumbers begins to count.
func NewNumbers() *Numbers {
	return &Numbers{markers: map[string]string{}, values: map[string]string{}, count: map[string]int{}}
}

// NumberedPass is [Masker.Pass] with numbers in its markers, whatever action
// the rules have but removing.
func (m *Masker) NumberedPass(n *Numbers) *Pass { return &Pass{m: m, numbers: n} }

func (n *Numbers) marker(rule, value string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.markers[rule+"\x00"+value]; ok {
		return known
	}
	n.count[rule]++
	marker := "[masked:" + rule + "#" + strconv.Itoa(n.count[rule]) + "]"
	n.markers[rule+"\x00"+value], n.values[marker] = marker, value
	return marker
}

var numbered = regexp.MustCompile(`\[masked:[a-z0-9-]+#[0-9]+\]`)

// maxRestored bounds what is put back for one marker, in bytes.
const maxRestored = 300

// Restore puts the values back that a text has markers of, each as write
// writes it. Markers of values that are too long, or unknown, stay.
func (n *Numbers) Restore(text string, write func(value string) string) string {
	if !strings.Contains(text, "[masked:") {
		return text
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for range 3 { // a value may hold the marker of another rule
		next := numbered.ReplaceAllStringFunc(text, func(marker string) string {
			if value, ok := n.values[marker]; ok && len(value) <= maxRestored {
				return write(value)
			}
			return marker
		})
		if next == text {
			break
		}
		text = next
	}
	return text
}
