# python3 client.py KEY FILE sends the command in a file. Without a file it prints its state.
import base64, hmac, os, sys, time, urllib.error, urllib.parse, urllib.request

key, *files = sys.argv[1:] or [""]
url, client, given = (os.environ.get(f"RELAY_{name}") for name in ("URL", "CLIENT", "SECRET"))
if not (key and all(map(os.path.isfile, files)) and url and client and given):
    print("usage: client KEY [FILE], with RELAY_URL, RELAY_CLIENT and RELAY_SECRET set", file=sys.stderr)
    sys.exit(2)
body = open(files[0], "rb").read() if files else b""
now = str(int(time.time()))
secret = base64.b64decode(given.removeprefix("whsec_"))
signature = base64.b64encode(hmac.digest(secret, f"{key}.{now}.".encode() + body, "sha256")).decode()
signed = {"webhook-id": key, "webhook-timestamp": now, "webhook-signature": f"v1,{signature}"}
headers = {"content-type": "application/json", "relay-client": client, **signed}
path = "/commands" if files else "/commands/" + urllib.parse.quote(key, safe="")
request = urllib.request.Request(url + path, body if files else None, headers)
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())
