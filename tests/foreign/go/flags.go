// flags asks Go's package flag what it takes from words.
//
// The first line of standard input is a JSON object of flags, name to kind; each other line is a list of words. For each list a line
// is written at the end: the flags that were set, in their order, the words that are left, and what is wrong.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

type answer struct {
	Given [][2]string `json:"given"`
	Rest  []string    `json:"rest"`
	Wrong string      `json:"wrong"`
}

type value struct {
	name, kind string
	into       *answer
}

func (v value) String() string   { return "" }
func (v value) IsBoolFlag() bool { return v.kind == "bool" }

func (v value) Set(text string) (err error) {
	switch v.kind {
	case "bool":
		_, err = strconv.ParseBool(text)
	case "int":
		_, err = strconv.ParseInt(text, 0, 64)
	case "duration":
		_, err = time.ParseDuration(text)
	case "float":
		_, err = strconv.ParseFloat(text, 64)
	}
	v.into.Given = append(v.into.Given, [2]string{v.name, text})
	return err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	kinds := map[string]string{}
	if err := json.Unmarshal(lines.Bytes(), &kinds); err != nil {
		panic(err)
	}
	var all strings.Builder
	for lines.Scan() {
		var words []string
		if err := json.Unmarshal(lines.Bytes(), &words); err != nil {
			panic(err)
		}
		said := answer{Given: [][2]string{}, Rest: []string{}}
		set := flag.NewFlagSet("x", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		for name, kind := range kinds {
			set.Var(value{name, kind, &said}, name, "")
		}
		if err := set.Parse(words); err != nil {
			said.Wrong = strings.SplitN(err.Error(), ":", 2)[0]
			if strings.HasPrefix(said.Wrong, "invalid") {
				said.Wrong = "invalid value"
			}
		} else {
			said.Rest = append(said.Rest, set.Args()...)
		}
		out, _ := json.Marshal(said)
		fmt.Fprintln(&all, string(out))
	}
	fmt.Print(all.String())
}
