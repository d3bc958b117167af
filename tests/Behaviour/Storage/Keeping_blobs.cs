using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Storage;

public sealed class Keeping_blobs_in_memory : BlobStoreContract
{
    public Keeping_blobs_in_memory() => Store = new InMemoryBlobStore(Clock);

    protected override IBlobStore Store { get; }

    protected override FakeTimeProvider Clock { get; } = new();
}

public sealed class Keeping_blobs_on_disk : BlobStoreContract, IDisposable
{
    readonly TemporaryFolder _folder = new();

    public Keeping_blobs_on_disk() => Store = new DiskBlobStore(_folder.FullPath, FileLayer.Real, Clock);

    protected override IBlobStore Store { get; }

    protected override FakeTimeProvider Clock { get; } = new();

    public void Dispose() => _folder.Dispose();
}
