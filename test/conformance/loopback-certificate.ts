/**
 * Certificate and key of the receiver that the tests run on loopback. Not used anywhere else.
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -addext
 * subjectAltName=DNS:localhost,IP:127.0.0.1`
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBxTCCAWugAwIBAgIUVkM6yuH9ozu+52Ae9TWFOU9qC3QwCgYIKoZIzj0EAwIw
KTEnMCUGA1UEAwweTG9vcGJhY2sgcmVjZWl2ZXIgb2YgdGhlIHRlc3RzMCAXDTI2
MTEyMzE2MjUyMFoYDzIxMjYxMDMwMTYyNTIwWjApMScwJQYDVQQDDB5Mb29wYmFj
ayByZWNlaXZlciBvZiB0aGUgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASO8V2ZlDcLHisea14zi4AQNkfOnDrSQ3hjckOQuvfCKEkf8GfyS9WdyTkN7bdx
6rSNtrpkwytLPWjYPY2XVCnEo28wbTAdBgNVHQ4EFgQUEgp6hYwmY/RrZ6yAL/Fq
mnAZJpcwHwYDVR0jBBgwFoAUEgp6hYwmY/RrZ6yAL/FqmnAZJpcwDwYDVR0TAQH/
BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwID
SAAwRQIhAOeFvvKJo6dcV/o9D+kS0IVqY623/c08WAgsKG7u2zunAiAi8Le9phn7
VL+NryCtXj87btgo5AEWb++Jk8WumH1RTQ==
-----END CERTIFICATE-----
`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMZzB7qsnkT5raOSx
I0JOL14e6cqLwfMBLb92mJ2TLFShRANCAASO8V2ZlDcLHisea14zi4AQNkfOnDrS
Q3hjckOQuvfCKEkf8GfyS9WdyTkN7bdx6rSNtrpkwytLPWjYPY2XVCnE
-----END PRIVATE KEY-----
`;
