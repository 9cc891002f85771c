// Command kstatus says how others read the state of live objects: Flux and "helm --wait", or, with -argo FILE, Argo CD with the
// health check in FILE. Objects are read from standard input as "kubectl get -o json" prints them, one or a List or several of
// either, and each is answered with a line "KIND/NAME STATUS MESSAGE".
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// reading says how an object stands, and why.
type reading func(*unstructured.Unstructured) (verdict, message string, err error)

func main() {
	script := flag.String("argo", "", "an Argo CD health check (Lua); without it, kstatus is computed")
	flag.Parse()
	if err := run(*script, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kstatus:", err)
		os.Exit(1)
	}
}

func run(script string, in io.Reader, out io.Writer) error {
	read := kstatus
	if script != "" {
		lua, err := os.ReadFile(script)
		if err != nil {
			return err
		}
		read = argo(string(lua))
	}
	objects, err := objectsIn(in)
	if err != nil {
		return err
	}
	for _, object := range objects {
		verdict, message, err := read(&object)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", object.GetKind(), object.GetName(), err)
		}
		fmt.Fprintf(out, "%s/%s %s %s\n", object.GetKind(), object.GetName(), verdict, message)
	}
	return nil
}

// kstatus computes what Flux and Helm wait for.
func kstatus(object *unstructured.Unstructured) (string, string, error) {
	result, err := status.Compute(object)
	if err != nil {
		return "", "", err
	}
	return string(result.Status), result.Message, nil
}

func objectsIn(in io.Reader) ([]unstructured.Unstructured, error) {
	decoder := json.NewDecoder(bufio.NewReader(in))
	var objects []unstructured.Unstructured
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		// Numbers become int64 or float64, as they are for a client of the API server.
		var object unstructured.Unstructured
		if err := object.UnmarshalJSON(raw); err != nil {
			return nil, err
		}
		if !object.IsList() {
			objects = append(objects, object)
			continue
		}
		list, err := object.ToList()
		if err != nil {
			return nil, err
		}
		objects = append(objects, list.Items...)
	}
}
