package e2e

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// told is something that a captured client said about a run, beyond what
// expected.json knows: where the API shows it, and what it must be.
type told struct {
	trace string
	step  string // "" for the execution
	path  string // members and indexes, with dots between
	want  string // JSON; "" if it must not be there
}

// check compares what the API answers.
func (f told) check(s *server) {
	s.t.Helper()
	path := "/api/executions/" + f.trace
	if f.step != "" {
		path += "/steps/" + f.step
	}
	got, there := at(get[any](s, path), f.path)
	if f.want == "" {
		if there {
			s.t.Errorf("%s of %s is %v, and should not be there", f.path, path, got)
		}
		return
	}
	var want any
	if err := json.Unmarshal([]byte(f.want), &want); err != nil {
		s.t.Fatalf("%s: %v", f.want, err)
	}
	if !there || !reflect.DeepEqual(got, want) {
		raw, _ := json.Marshal(got)
		s.t.Errorf("%s of %s is %s, want %s", f.path, path, raw, f.want)
	}
}

func at(v any, path string) (any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			next, there := of[key]
			if !there {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(of) {
				return nil, false
			}
			v = of[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// toldBy lists the facts by fixture: those that the fixtures' README calls
// worth a test.
var toldBy = map[string][]told{
	"ai-sdk-5": {
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "name", `"weather-agent"`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "sessionId", `"chat-99"`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "userId", `"user-7"`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "tags", `["demo","v5"]`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "metadata", `{"plan":"pro","seats":3,"trial":false}`},
		{"20abf2c319966270e8bf33a301b4bbe1", "", "metadata", `{}`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "inputTokens", `"177"`}, // the root repeats the last step's 112
		{"cf334d8ce9f6aceff91d93bf966f970d", "", "outputTokens", `"25"`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "f5e595b1e1d68b7f", "tool.name", `"weather"`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "f5e595b1e1d68b7f", "tool.arguments", `{"city":"Paris"}`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "f5e595b1e1d68b7f", "tool.result", `{"city":"Paris","temperature":18.5}`},
		{"cf334d8ce9f6aceff91d93bf966f970d", "baefc75d7eebf44b", "output.0.parts.0.content", `"According to the tools: {\"city\":\"Paris\",\"temperature\":18.5}."`},
		{"20abf2c319966270e8bf33a301b4bbe1", "0e2691a840448dbe", "status", `"error"`},
		{"20abf2c319966270e8bf33a301b4bbe1", "", "status", `"ok"`},
		{"b80b1c483704e33c96a79a338ea8dc5e", "646b54f8076f4bdb", "tokens.reasoning", `"32"`},
		{"b80b1c483704e33c96a79a338ea8dc5e", "646b54f8076f4bdb", "tokens.output", `"20"`},
		{"b80b1c483704e33c96a79a338ea8dc5e", "646b54f8076f4bdb", "streaming", `true`},
		{"b80b1c483704e33c96a79a338ea8dc5e", "646b54f8076f4bdb", "timeToFirstTokenNano", `"15383196"`},
		{"b12ae31139aab8d3fff1f2eee2e51449", "", "costPartial", ``}, // refused calls cost nothing
		{"a6b05531dde36a45afaa15a928aafeb5", "64f33dc74de2fe03", "input", ``},
		{"a6b05531dde36a45afaa15a928aafeb5", "64f33dc74de2fe03", "output", ``},
	},
	"ai-sdk-7": {
		{"ff0188575de4e8072469c70decd1d92a", "", "userId", `"user-7"`},
		{"ff0188575de4e8072469c70decd1d92a", "", "inputTokens", `"177"`},
		{"ff0188575de4e8072469c70decd1d92a", "", "outputTokens", `"25"`},
		{"ff0188575de4e8072469c70decd1d92a", "00ed81f4dd2ff647", "tokens.cacheRead", `"32"`},
		{"ff0188575de4e8072469c70decd1d92a", "00ed81f4dd2ff647", "input.0.parts.0.content", `"You are terse."`},
		{"ff0188575de4e8072469c70decd1d92a", "e5f10431a3e052a7", "tokens.cacheRead", `"48"`},
		{"b52faf93354e3358bbaabe77efb588c2", "", "inputTokens", `"6"`}, // embeddings in embeddings
		{"b52faf93354e3358bbaabe77efb588c2", "", "costUsd", `0.00000012`},
		{"b52faf93354e3358bbaabe77efb588c2", "", "costPartial", ``},
	},
	"openai-openinference": {
		{"227dcfac1f911da429433a293f624613", "", "sessionId", `"session-42"`}, // from the model calls, not the root
		{"227dcfac1f911da429433a293f624613", "", "userId", `"user-7"`},
		{"227dcfac1f911da429433a293f624613", "", "tags", `["beta","support"]`},
		{"227dcfac1f911da429433a293f624613", "", "metadata", `{"attempt":2,"plan":"pro"}`},
		{"227dcfac1f911da429433a293f624613", "", "environment", `"bench"`},
		{"227dcfac1f911da429433a293f624613", "", "release", `"1.2.3"`},
		{"227dcfac1f911da429433a293f624613", "96dab90c059d7e87", "tokens.cacheRead", `"48"`},
		{"0ad8d17ef11a73c24f540b69f60d7290", "b09b50130b7a329b", "tokens", ``}, // absent is not zero
		{"0ad8d17ef11a73c24f540b69f60d7290", "", "costPartial", `true`},
		{"0ad8d17ef11a73c24f540b69f60d7290", "b09b50130b7a329b", "promptTemplate.template", `"Translate {text} to {lang}"`},
		{"0ad8d17ef11a73c24f540b69f60d7290", "b09b50130b7a329b", "promptTemplate.version", `"v3"`},
		{"61c26cf8c855ec9cb5d88a389bb649cc", "15cc527301c0882f", "outputKind", `"documents"`},
		{"61c26cf8c855ec9cb5d88a389bb649cc", "15cc527301c0882f", "output.0.id", `"kb-1"`},
		{"61c26cf8c855ec9cb5d88a389bb649cc", "15cc527301c0882f", "output.0.score", `0.91`},
		{"61c26cf8c855ec9cb5d88a389bb649cc", "15cc527301c0882f", "output.1.score", `0.4`},
		{"c2793cd6f77473c1c61fdfe6e6364dae", "7cc5c3add58724b8", "input.0.parts.1.mime_type", `"image/png"`},
		{"f5a469207d30ae1d8d76fa0be3a2c027", "e38813a886423168", "output.0.parts.0.type", `"refusal"`},
	},
	"langgraph-openinference": {
		{"dc36f7514c8fbc09ea07d0f5562053e1", "", "name", `"weather-graph"`},
		{"dc36f7514c8fbc09ea07d0f5562053e1", "", "sessionId", `"thread-5"`},
		{"dc36f7514c8fbc09ea07d0f5562053e1", "", "inputTokens", `"182"`},
		{"dc36f7514c8fbc09ea07d0f5562053e1", "612c4d5c65cf2e9e", "tool.arguments", `"Paris"`},
		{"2c4da602e11daad94fb2d1052d7ffb07", "4bf2e7990ff86c4f", "output.0.score", `0.91`}, // only inside the metadata
		{"9a17ed67a2d8454e04de847807c90743", "b61372449fe4d212", "status", `"error"`},
	},
	"openai-traceloop": {
		{"5e658688e30474fbc944fae86b55e082", "", "name", `"support_workflow"`},
		{"5e658688e30474fbc944fae86b55e082", "", "userId", `"user-7"`},
		{"5e658688e30474fbc944fae86b55e082", "", "sessionId", `"chat-11"`},
		{"5e658688e30474fbc944fae86b55e082", "", "metadata", `{"plan":"pro"}`},
		{"5e658688e30474fbc944fae86b55e082", "", "inputTokens", `"152"`},
		{"5e658688e30474fbc944fae86b55e082", "6fc7c42ee0d0685c", "tool.arguments", `{"city":"Paris"}`},
		{"9221ff90ed00295c8a0edbeaa3ab0589", "8b58cb97d1361eed", "tokens", ``},
	},
	"langfuse": {
		{"fcadcc331de4f9f9dd9c2a794eca891d", "", "name", `"support-trace"`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "", "userId", `"user-7"`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "", "sessionId", `"chat-99"`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "", "tags", `["beta","demo"]`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "", "release", `"r-1"`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "e63796b4175066c7", "costUsd", `0.0000264`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "e63796b4175066c7", "costSource", `"reported"`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "e63796b4175066c7", "tokens", `{"input":"56","cacheRead":"64","output":"6","reasoning":"8"}`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "e63796b4175066c7", "promptTemplate", `{"name":"support-prompt","version":"4"}`},
		{"fcadcc331de4f9f9dd9c2a794eca891d", "c3353da3246103a3", "tokens.reasoning", `"32"`},
		{"a755985ea3fee6eec7dcbd86b884a5b9", "952311d455311cf1", "status", `"error"`}, // level ERROR under status UNSET
		{"a755985ea3fee6eec7dcbd86b884a5b9", "952311d455311cf1", "otelStatus.code", `"unset"`},
	},
	"langsmith-otel": {
		{"5e45633763973c7196da0b56a2c31eaf", "", "tags", `["demo","travel"]`},
		{"5e45633763973c7196da0b56a2c31eaf", "", "inputTokens", `"112"`},
		{"5e45633763973c7196da0b56a2c31eaf", "670a647a47b4e8d9", "tokens.cacheRead", `"32"`},
		{"76d2ad01e74ba7acffce96dc23af3a76", "93e0d29f19474752", "type", `"retriever"`}, // its operation name says embeddings
		{"18b0ec1e04a41dd653a6be9f55f2da05", "e0d153d4f7343578", "status", `"error"`},   // an exception under status OK
	},
	"llamaindex-traceloop": {
		{"3460bc86177507cfa1fd7505abb80a3a", "556405e875ce3f99", "outputTokens", `"76"`},
		{"3460bc86177507cfa1fd7505abb80a3a", "f01653c791210862", "outputKind", `"documents"`},
		{"3460bc86177507cfa1fd7505abb80a3a", "f01653c791210862", "output.0.score", `0.4364357804719848`},
	},
	"go-late": {
		{"d30090e051aa3542c239f209a770aee3", "", "name", `"POST /ask"`},
		{"d30090e051aa3542c239f209a770aee3", "", "sessionId", `"s-1"`},
		{"d30090e051aa3542c239f209a770aee3", "", "userId", `"user-7"`},
		{"d30090e051aa3542c239f209a770aee3", "", "inputTokens", `"12"`},
		{"d30090e051aa3542c239f209a770aee3", "", "outputTokens", `"34"`},
	},
	"go-otelhttp-grpc": {
		{"0d7ffb531569490316fd0c4500df6bee", "340fee42dd530d3a", "type", `"http"`},
		{"0d7ffb531569490316fd0c4500df6bee", "b7f38892e7c06162", "type", `"db"`},
	},
}
