/**
 * Certificate and key of the receiver that the tests run on loopback, made for them alone and worth nothing elsewhere.
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1`
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIB2TCCAX6gAwIBAgIUfnf2nvT3wEkO6DmQ0mloWDTeOCYwCgYIKoZIzj0EAwIw
KTEnMCUGA1UEAwweTG9vcGJhY2sgcmVjZWl2ZXIgb2YgdGhlIHRlc3RzMCAXDTI2
MTEyMzE2MjE0N1oYDzIxMjYxMDMwMTYyMTQ3WjApMScwJQYDVQQDDB5Mb29wYmFj
ayByZWNlaXZlciBvZiB0aGUgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAT1MecUR2SqUbLtjmhvwyDmyOmfZs8Mu6RQAXR15R+ULriyLQxYDamwJDrslCyg
7cveogCmFygxewgRiQUeQWYRo4GBMH8wHQYDVR0OBBYEFKyQpS4mb4j9qnjttl8m
GE89uKbxMB8GA1UdIwQYMBaAFKyQpS4mb4j9qnjttl8mGE89uKbxMA8GA1UdEwEB
/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAAAAAAAAAA
AAAAAAABMAoGCCqGSM49BAMCA0kAMEYCIQCduQcMQaqkdhLu7XVolvCI6dHYHIlw
sqfPCUHOO9ks0QIhAM2rybqL8NS96lYWyKJdTNshEgdGS2MWKmctE8LOJtym
-----END CERTIFICATE-----
`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgx7phyxwgm2etjiuJ
FwFu/UA2Ln824qoQrhs4UsUo7M+hRANCAAT1MecUR2SqUbLtjmhvwyDmyOmfZs8M
u6RQAXR15R+ULriyLQxYDamwJDrslCyg7cveogCmFygxewgRiQUeQWYR
-----END PRIVATE KEY-----
`;
