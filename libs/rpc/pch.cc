// Owns the precompiled header that the gRPC-facing libraries reuse; see kat_use_grpc_pch.
