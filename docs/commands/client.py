# python3 client.py KEY FILE sends the command in a file. Without a file it prints what became of it.
import base64, hmac, os, sys, time, urllib.error, urllib.parse, urllib.request

key, *files = sys.argv[1:]
body = open(files[0], "rb").read() if files else None
now = str(int(time.time()))
secret = base64.b64decode(os.environ["RELAY_SECRET"].removeprefix("whsec_"))
signature = hmac.digest(secret, f"{key}.{now}.".encode() + (body or b""), "sha256")
request = urllib.request.Request(
    os.environ["RELAY_URL"] + "/commands" + ("" if files else "/" + urllib.parse.quote(key, safe="")),
    body,
    {
        "content-type": "application/json",
        "relay-client": os.environ["RELAY_CLIENT"],
        "webhook-id": key,
        "webhook-timestamp": now,
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
    },
)
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())
