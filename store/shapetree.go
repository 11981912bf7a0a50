package store

import (
	"cmp"
	"slices"

	"github.com/xraytrace/xray"
)

// shapeTree lays the trees of several executions on top of each other: steps of
// one name under the same parent are one place.
type shapeTree struct {
	runs int
	root shapeNode
}

type shapeNode struct {
	name     string
	kind     xray.StepType
	calls    []int     // in each execution that has it
	offset   xray.Nano // of its first call from the start, added up
	children map[string]*shapeNode
}

func newShapeTree() *shapeTree { return &shapeTree{root: shapeNode{children: map[string]*shapeNode{}}} }

// add lays one execution, whose steps are in order of start, on the others. A
// step whose parent has not come, or is itself within it, stands beside the
// roots.
func (t *shapeTree) add(steps []xray.Step, start xray.Nano) {
	t.runs++
	byID := make(map[xray.SpanID]*xray.Step, len(steps))
	for i := range steps {
		byID[steps[i].SpanID] = &steps[i]
	}
	seen := make(map[xray.SpanID]*shapeNode, len(steps))
	here := map[*shapeNode]bool{}
	for i := range steps {
		t.place(&steps[i], byID, seen, here, start)
	}
}

// place finds the node of a step, that of its parent first. A step on the way
// to its root holds nil in seen, so that a circle ends.
func (t *shapeTree) place(step *xray.Step, byID map[xray.SpanID]*xray.Step, seen map[xray.SpanID]*shapeNode, here map[*shapeNode]bool, start xray.Nano) *shapeNode {
	if node, known := seen[step.SpanID]; known {
		return node
	}
	seen[step.SpanID] = nil
	parent := &t.root
	if up := byID[step.ParentID]; up != nil {
		if node := t.place(up, byID, seen, here, start); node != nil {
			parent = node
		}
	}
	node := parent.children[step.Name]
	if node == nil {
		node = &shapeNode{name: step.Name, kind: step.Type, children: map[string]*shapeNode{}}
		parent.children[step.Name] = node
	}
	if !here[node] {
		here[node] = true
		node.calls = append(node.calls, 0)
		node.offset += max(0, step.Start-start)
	}
	node.calls[len(node.calls)-1]++
	seen[step.SpanID] = node
	return node
}

// flat lists the places, each followed by those within it, in the order in
// which they usually begin.
func (t *shapeTree) flat() []xray.ShapeStep { return t.root.below(nil, 0) }

func (n *shapeNode) below(out []xray.ShapeStep, depth int) []xray.ShapeStep {
	children := make([]*shapeNode, 0, len(n.children))
	for _, child := range n.children {
		children = append(children, child)
	}
	slices.SortFunc(children, func(a, b *shapeNode) int {
		return cmp.Or(cmp.Compare(a.meanOffset(), b.meanOffset()), cmp.Compare(a.name, b.name))
	})
	for _, child := range children {
		out = append(out, xray.ShapeStep{Name: child.name, Type: child.kind, Depth: depth, Runs: len(child.calls), Calls: middle(child.calls)})
		out = child.below(out, depth+1)
	}
	return out
}

func (n *shapeNode) meanOffset() xray.Nano { return n.offset / xray.Nano(len(n.calls)) }

// middle is the lower median, 0 of nothing.
func middle(all []int) int {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)/2]
}
