// Command manifests reads Kubernetes manifests and holds each to the Go types of its API: a field that is not there, or is
// of another type, is an error, and so is a kind that nobody knows. Kinds of operators' own are named and let through.
//
//	manifests < FILE
//	manifests -kustomize FOLDER
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Groups whose types come with their operators.
var foreign = []string{"keda.sh/", "monitoring.coreos.com/"}

func main() {
	folder := flag.String("kustomize", "", "print what the kustomization of this folder comes to, checked")
	flag.Parse()
	input := io.Reader(os.Stdin)
	if *folder != "" {
		text, err := build(*folder)
		if err != nil {
			fail(err)
		}
		os.Stdout.Write(text)
		input = strings.NewReader(string(text))
	}
	checked, err := check(input)
	if err != nil {
		fail(err)
	}
	fmt.Fprintf(os.Stderr, "%d manifests\n", checked)
}

func build(folder string) ([]byte, error) {
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	return resources.AsYaml()
}

func check(input io.Reader) (int, error) {
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(input))
	var problems []error
	checked := 0
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return checked, err
		}
		if isEmpty(document) || isForeign(document) {
			continue
		}
		checked++
		if _, _, err := decoder.Decode(document, nil, nil); err != nil {
			problems = append(problems, fmt.Errorf("%s\n%w", firstLines(document), err))
		}
	}
	if checked == 0 {
		problems = append(problems, errors.New("no manifest came"))
	}
	return checked, errors.Join(problems...)
}

func isEmpty(document []byte) bool {
	for _, line := range strings.Split(string(document), "\n") {
		if line = strings.TrimSpace(line); line != "" && line != "---" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

func isForeign(document []byte) bool {
	for _, group := range foreign {
		if strings.Contains(string(document), "\napiVersion: "+group) || strings.HasPrefix(string(document), "apiVersion: "+group) {
			return true
		}
	}
	return false
}

func firstLines(document []byte) string {
	lines := strings.Split(strings.TrimSpace(string(document)), "\n")
	return strings.Join(lines[:min(6, len(lines))], "\n")
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
