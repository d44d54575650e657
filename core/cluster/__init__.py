"""A cluster of machines, by one address: Dask distributes, and this package is the only one that imports it.

Without an address nothing of Dask is loaded.
"""

from core.cluster.connection import ClusterError, check_cluster, cluster_address, connect

__all__ = ["ClusterError", "check_cluster", "cluster_address", "connect"]
