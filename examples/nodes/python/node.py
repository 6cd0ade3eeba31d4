"""A node: does steps of Baton runs that need `shout`. Stays at work over lost connections, stops what is taken back.

What it needs, and how it is started, says README.md beside the folder.
"""
import json, queue, sys, threading, time, uuid
import grpc
from baton.v1 import json_pb2, node_pb2, node_pb2_grpc

ADDRESS, NAME = sys.argv[1], sys.argv[2]
INSTANCE = str(uuid.uuid4())
outbox: queue.Queue = queue.Queue()
running: dict[str, threading.Event] = {}  # by assignment: set when it is taken back


def say(**message):
    outbox.put(node_pb2.ConnectRequest(**message))


def work(assignment, taken_back):
    """The work itself. Under the same idempotency_key it must come to the same, however often it is done."""
    given = json.loads(assignment.input.text)
    say(progress=node_pb2.Progress(assignment=assignment.id, share=0.5, text="shouting"))
    if taken_back.wait(given.get("seconds", 0)):
        return
    if "text" not in given:
        raise ValueError("there is no text to shout")
    say(comment=node_pb2.Comment(assignment=assignment.id, text=f"shouting {given['text']!r}"))
    result = {"said": given["text"].upper(), "key": assignment.idempotency_key}
    say(completed=node_pb2.Completed(assignment=assignment.id, result=json_pb2.Json(text=json.dumps(result))))


def attempt(assignment, taken_back):
    try:
        work(assignment, taken_back)
    except Exception as error:  # whatever goes wrong is told, and the step's `retry` decides
        say(failed=node_pb2.Failed(assignment=assignment.id, message=str(error), is_final=isinstance(error, ValueError)))
    running.pop(assignment.id, None)


def messages():
    yield node_pb2.ConnectRequest(register=node_pb2.Register(
        node=NAME, instance=INSTANCE, capabilities=["shout"], labels={"language": "python"}, slots=4, running=list(running)))
    while True:
        try:
            yield outbox.get(timeout=0.7)
        except queue.Empty:
            yield node_pb2.ConnectRequest(heartbeat=node_pb2.Heartbeat())


def serve():
    with grpc.insecure_channel(ADDRESS) as channel:
        for told in node_pb2_grpc.NodeServiceStub(channel).Connect(messages()):
            kind = told.WhichOneof("message")
            if kind == "assignment" and told.assignment.id not in running:
                taken_back = running[told.assignment.id] = threading.Event()
                say(accepted=node_pb2.Accepted(assignment=told.assignment.id))
                threading.Thread(target=attempt, args=(told.assignment, taken_back), daemon=True).start()
            elif kind == "cancel":
                running.pop(told.cancel.assignment, threading.Event()).set()
            elif kind != "assignment":
                print(told, flush=True)


while True:
    try:
        serve()
    except grpc.RpcError as error:
        print(f"{error.code().name}: {error.details()}; trying again", flush=True)
    time.sleep(0.5)
