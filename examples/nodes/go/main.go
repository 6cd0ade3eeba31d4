// A node that Baton calls: serves NodeService.ExecuteNode. Done again under the same key it answers the same.
//
//	buf generate (see README.md beside this) makes batonv1
//	go run . :50051
//	baton nodes add counter --address grpc://localhost:50051 --capability count
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"

	"example.com/node/batonv1"
)

type node struct {
	batonv1.UnimplementedNodeServiceServer
}

type input struct {
	Text string `json:"text"`
}

func (node) ExecuteNode(ctx context.Context, request *batonv1.ExecuteNodeRequest) (*batonv1.ExecuteNodeResponse, error) {
	var given input
	if err := json.Unmarshal([]byte(request.Node.Input.Text), &given); err != nil {
		return failed("the input is not what is counted: " + err.Error()), nil
	}
	if given.Text == "" {
		return failed("there is no text to count"), nil
	}
	select {
	case <-ctx.Done(): // nobody waits for it any more
		return nil, ctx.Err()
	default:
	}
	result, _ := json.Marshal(map[string]any{"words": len(strings.Fields(given.Text)), "key": request.Node.IdempotencyKey})
	return &batonv1.ExecuteNodeResponse{
		Outcome:  &batonv1.ExecuteNodeResponse_Result{Result: &batonv1.Json{Text: string(result)}},
		Comments: []string{fmt.Sprintf("counted %d bytes", len(given.Text))},
	}, nil
}

func failed(message string) *batonv1.ExecuteNodeResponse {
	failure := &batonv1.ExecuteNodeFailure{Message: message, IsFinal: true}
	return &batonv1.ExecuteNodeResponse{Outcome: &batonv1.ExecuteNodeResponse_Failure{Failure: failure}}
}

func main() {
	address := ":50051"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	batonv1.RegisterNodeServiceServer(server, node{})
	log.Printf("listening on %s", listener.Addr())
	log.Fatal(server.Serve(listener))
}
