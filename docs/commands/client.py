# python3 client.py KEY FILE sends the command in a file. Without a file it prints what became of it.
import base64, hmac, os, sys, time, urllib.error, urllib.parse, urllib.request

key, *files = sys.argv[1:]
body = open(files[0], "rb").read() if files else b""
now = str(int(time.time()))
secret = base64.b64decode(os.environ["RELAY_SECRET"].removeprefix("whsec_"))
signature = base64.b64encode(hmac.digest(secret, f"{key}.{now}.".encode() + body, "sha256")).decode()
signed = {"webhook-id": key, "webhook-timestamp": now, "webhook-signature": f"v1,{signature}"}
headers = {"content-type": "application/json", "relay-client": os.environ["RELAY_CLIENT"], **signed}
path = "/commands" if files else "/commands/" + urllib.parse.quote(key, safe="")
request = urllib.request.Request(os.environ["RELAY_URL"] + path, body or None, headers)
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())
