/** The name of the receiver that is reached by DNS and TLS. */
export const receiverName = 'receiver.chaos.example';

/**
 * Certificate and key of that receiver, which runs on loopback. Not used anywhere else.
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -addext
 * subjectAltName=DNS:receiver.chaos.example`
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVigAwIBAgIUIaQ3G2ZZnKaK9LiBkNolTFZtWpAwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRUmVjZWl2ZXIgb2YgY2hhb3MwIBcNMjYxMTI5MTg0NDIzWhgP
MjEyNjExMDUxODQ0MjNaMBwxGjAYBgNVBAMMEVJlY2VpdmVyIG9mIGNoYW9zMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjf6nYQu1PqkLtR2gzSMAqq7gbZOJopPO
rRbjVetpI54BiVpmSySCBJJOi9AwC7cTs7FQECvx9ihZHk51qhvraaN2MHQwHQYD
VR0OBBYEFC3ULesbCH5W+tK5yylfu3d+NylLMB8GA1UdIwQYMBaAFC3ULesbCH5W
+tK5yylfu3d+NylLMA8GA1UdEwEB/wQFMAMBAf8wIQYDVR0RBBowGIIWcmVjZWl2
ZXIuY2hhb3MuZXhhbXBsZTAKBggqhkjOPQQDAgNHADBEAiAXY93CXqLzqg8KJ3ED
JwRjidvGr3T0jVxh1BHBmKvHNwIgF8E2nE96BDy8/zYbyZ/g7j6Q1vDBKd8vRhAD
Wzm8n4Y=
-----END CERTIFICATE-----
`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgB0Ka9uR5rk2aQsj9
TFNb/HQQCXyDFh85FhCd3aWNnGihRANCAASN/qdhC7U+qQu1HaDNIwCqruBtk4mi
k86tFuNV62kjngGJWmZLJIIEkk6L0DALtxOzsVAQK/H2KFkeTnWqG+tp
-----END PRIVATE KEY-----
`;
