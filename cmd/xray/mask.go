package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/store"
)

type maskCommand struct {
	Show   maskShow   `cmd:"" help:"Print a project's rules as JSON."`
	Add    maskAdd    `cmd:"" help:"Add a rule, or replace the one of its name."`
	Remove maskRemove `cmd:"" help:"Remove a rule."`
	Set    maskSet    `cmd:"" help:"Replace all rules by those of a file, in the form that show prints."`
	Model  maskModel  `cmd:"" help:"Set what models are not shown, on top of what is not stored."`
	Test   maskTest   `cmd:"" help:"Try a project's rules on a text; nothing is stored."`
}

// maskScope says whose rules are meant.
type maskScope struct {
	databaseFlags
	Project string `default:"default" help:"The project."`
}

// change saves what edit makes of the project's settings.
func (c maskScope) change(ctx context.Context, log *slog.Logger, edit func(*xray.MaskSettings) error) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		p, err := s.ProjectBySlug(ctx, c.Project)
		if err != nil {
			return err
		}
		set, err := s.MaskSettings(ctx, p.ID)
		if err != nil {
			return err
		}
		before := set
		before.Rules = slices.Clone(set.Rules) // edit may change them in place
		if err := edit(&set); err != nil {
			return err
		}
		if err := s.SetMaskSettings(ctx, p.ID, set); err != nil {
			return err
		}
		if err := recordChange(ctx, s, p.ID, "masking.set", before, set); err != nil {
			return err
		}
		fmt.Printf("Project %s has %d masking rules. They hold for what arrives from now on; running servers hear of them at once.\n", p.Slug, len(set.Rules))
		return nil
	})
}

// read hands the project's settings to use.
func (c maskScope) read(ctx context.Context, log *slog.Logger, use func(xray.MaskSettings) error) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		p, err := s.ProjectBySlug(ctx, c.Project)
		if err != nil {
			return err
		}
		set, err := s.MaskSettings(ctx, p.ID)
		if err != nil {
			return err
		}
		return use(set)
	})
}

type maskShow struct{ maskScope }

func (c *maskShow) Run(ctx context.Context, log *slog.Logger) error {
	return c.read(ctx, log, func(set xray.MaskSettings) error {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(set)
	})
}

type maskAdd struct {
	maskScope
	Name    string   `help:"Stands in the markers; may be left out with --preset."`
	Preset  string   `help:"What to find: email, card, credentials, phone or iban."`
	Pattern string   `help:"What to find: a regular expression in RE2 syntax."`
	Field   []string `help:"Where to look, or without preset and pattern what to mask whole: password, user/email, /xray.input/user/email."`
	Action  string   `default:"replace" help:"replace, hash or remove."`
}

func (c *maskAdd) Run(ctx context.Context, log *slog.Logger) error {
	rule := xray.MaskRule{
		Name: c.Name, Preset: xray.MaskPreset(c.Preset), Pattern: c.Pattern, Fields: c.Field, Action: xray.MaskAction(c.Action),
	}
	if rule.Name == "" {
		rule.Name = c.Preset
	}
	return c.change(ctx, log, func(set *xray.MaskSettings) error {
		if i := indexOfRule(set.Rules, rule.Name); i >= 0 {
			set.Rules[i] = rule
		} else {
			set.Rules = append(set.Rules, rule)
		}
		return nil
	})
}

func indexOfRule(rules []xray.MaskRule, name string) int {
	return slices.IndexFunc(rules, func(r xray.MaskRule) bool { return r.Name == name })
}

type maskRemove struct {
	maskScope
	Name string `arg:"" help:"The rule."`
}

func (c *maskRemove) Run(ctx context.Context, log *slog.Logger) error {
	return c.change(ctx, log, func(set *xray.MaskSettings) error {
		i := indexOfRule(set.Rules, c.Name)
		if i < 0 {
			return xray.Errorf(xray.CodeNotFound, "the project has no masking rule %q: 'xray mask show' prints those it has", c.Name)
		}
		set.Rules = slices.Delete(set.Rules, i, i+1)
		return nil
	})
}

type maskSet struct {
	maskScope
	File string `arg:"" help:"JSON; - for standard input."`
}

func (c *maskSet) Run(ctx context.Context, log *slog.Logger) error {
	data, err := readFile(c.File)
	if err != nil {
		return err
	}
	given := xray.DefaultMaskSettings()
	d := json.NewDecoder(strings.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&given); err != nil {
		return xray.Errorf(xray.CodeInvalid, "the file holds no masking settings (%v): print some with 'xray mask show'", err)
	}
	return c.change(ctx, log, func(set *xray.MaskSettings) error {
		*set = given
		return nil
	})
}

type maskModel struct {
	maskScope
	Preset        *[]string `help:"What models are not shown, of email, card, credentials, phone and iban; none for nothing."`
	StructureOnly *bool     `negatable:"" help:"Show models shapes, counts, numbers and names of fields, and no text."`
}

func (c *maskModel) Run(ctx context.Context, log *slog.Logger) error {
	return c.change(ctx, log, func(set *xray.MaskSettings) error {
		if c.Preset != nil {
			set.Model.Presets = nil
			for _, p := range *c.Preset {
				if p != "none" {
					set.Model.Presets = append(set.Model.Presets, xray.MaskPreset(p))
				}
			}
		}
		if c.StructureOnly != nil {
			set.Model.StructureOnly = *c.StructureOnly
		}
		return nil
	})
}

type maskTest struct {
	maskScope
	Attribute string `default:"xray.input" help:"Under which attribute the text would come."`
	File      string `arg:"" optional:"" default:"-" help:"A text or JSON; - for standard input."`
}

// Run prints what would be stored to standard output, and what was found where
// to standard error.
func (c *maskTest) Run(ctx context.Context, log *slog.Logger) error {
	sample, err := readFile(c.File)
	if err != nil {
		return err
	}
	return c.read(ctx, log, func(set xray.MaskSettings) error {
		trial, err := mask.Try(set, c.Attribute, sample)
		if err != nil {
			return err
		}
		fmt.Println(strings.TrimSuffix(trial.Stored, "\n"))
		for _, h := range trial.StoredHits {
			fmt.Fprintf(os.Stderr, "%s: %d at %s\n", h.Rule, h.Count, clean(h.Where))
		}
		for _, h := range trial.ShownHits {
			fmt.Fprintf(os.Stderr, "models are not shown %s: %d at %s\n", h.Rule, h.Count, clean(h.Where))
		}
		return nil
	})
}

// readFile reads a file, or standard input for "-".
func readFile(name string) (string, error) {
	var data []byte
	var err error
	if name == "-" {
		data, err = io.ReadAll(os.Stdin)
	} else {
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return "", xray.Errorf(xray.CodeInvalid, "cannot read the file: %v", err)
	}
	return string(data), nil
}
