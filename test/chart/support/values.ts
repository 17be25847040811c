/** Values of every kind that a template can tell apart. */
export const values = `
s: hello
empty: ""
n: 1000000
small: 42
f: 0.5
big: 12345678901234567890
neg: -3
t: true
fa: false
nul: null
zero: 0
list: [a, 1, 2.5, true, null, {x: 1}]
strs: [b, a, c, a]
nums: [3, 1, 2]
map: {b: 2, a: 1, c: {d: [1, 2], e: null}, z: "", f: false}
nested: {a: {b: {c: deep}}}
emptylist: []
emptymap: {}
multi: "line1\\nline2\\n"
uni: "héllo wörld ✓ 😀"
ver: 1.2.3-rc.1
long: "some words that go on and on and on until the line is more than eighty columns wide: yes"
`;
