// Package query is the language in which people say what executions they look
// for, and its vocabulary:
//
//	status:error step:filter step.drop:>0.9 cost:>0.05 meta.user:42 "phone case"
//
// [Parse] turns such a text into the conditions of package xray, [Query.String]
// writes them back in one canonical form, and [Fields] lists what can be asked
// for. docs/query.md explains the language to its users; the part of it that
// lists the fields is written by a test of this package.
//
// The package does no I/O. It deliberately does not know how conditions are
// answered, and never sees SQL: the store makes that from conditions, whose texts
// only ever become arguments.
//
// # Grammar
//
//	query   = { term } .
//	term    = [ "-" | "NOT" ] ( word | list | "has:" name | name ":" match | name compare value ) .
//	name    = field | ( "meta" | "attr" ) "." ( key | quoted ) .
//	match   = value | list | compare value | [ value ] ".." [ value ] .
//	list    = "(" value { ( "OR" | "," ) value } ")" .
//	compare = ">" | ">=" | "<" | "<=" | "=" | "!=" .
//	value   = ( word | quoted ) [ "*" ] .
//	quoted  = `"` { any character but `"` and `\` | `\` any character } `"` .
//
// A word is what has no white space, quotes or parentheses in it. Terms stand for
// conditions that must all hold; "AND" may stand between them and changes nothing.
package query
