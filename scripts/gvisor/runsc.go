//go:build tools

// Package gvisor is for its go.mod alone, which says which runsc is built, and go.sum, which says of what.
package gvisor

import _ "gvisor.dev/gvisor/runsc"
