using System.Diagnostics;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Disk;

public sealed class Sharing_a_data_folder : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_stores_come_from_one_call()
    {
        await using var provider = new ServiceCollection().AddDiskStores(_folder["data"]).BuildServiceProvider();
        await provider.GetRequiredService<IBlobStore>().PutAsync("lake/p/x", "1"u8.ToArray(), PutCondition.None, default);
        await provider.GetRequiredService<ITableStore>()
            .SubmitAsync("people", "p", [new TableChange("r", TableAction.Insert, new Dictionary<string, object>())], default);

        Assert.Equal("1", File.ReadAllText(_folder["data/blobs/lake/p/x"]));
        Assert.True(File.Exists(_folder["data/tables.db"]));
    }

    [Fact]
    public void Another_process_is_kept_out_until_the_folder_is_given_back()
    {
        if (OperatingSystem.IsWindows()) return; // util-linux's flock stands for the other process.
        using (new DataFolderLock(_folder.FullPath))
        {
            using var second = new DataFolderLock(_folder.FullPath);
            Assert.NotEqual(0, TryFromAnotherProcess());
        }
        Assert.Equal(0, TryFromAnotherProcess());
    }

    [Fact]
    public async Task Two_stores_of_one_process_see_each_others_leases_and_conditions()
    {
        var (one, two) = (Open(), Open());
        var etag = await one.PutAsync("x", "1"u8.ToArray(), PutCondition.IfAbsent, default);
        Assert.Null(await two.PutAsync("x", "2"u8.ToArray(), PutCondition.IfAbsent, default));
        Assert.NotNull(await two.PutAsync("x", "2"u8.ToArray(), PutCondition.IfVersion(etag!), default));
        await using var lease = await one.TryLeaseAsync("owner", TimeSpan.FromSeconds(20), default);

        Assert.Null(await two.TryLeaseAsync("owner", TimeSpan.FromSeconds(20), default));
    }

    [Fact]
    public async Task A_name_is_no_folder_of_another()
    {
        var store = Open();
        await store.PutAsync("a/b", "1"u8.ToArray(), PutCondition.None, default);

        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("a", "1"u8.ToArray(), PutCondition.IfAbsent, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("a/b/c", "1"u8.ToArray(), PutCondition.None, default));
        Assert.Null(await store.ReadAsync("a", default));
    }

    [Fact]
    public async Task Files_that_are_no_blobs_are_left_out_of_listings()
    {
        var store = Open();
        await store.PutAsync("a/b", "1"u8.ToArray(), PutCondition.None, default);
        File.WriteAllText(_folder["a/notes (old).txt"], "by hand");

        var names = new List<string>();
        await foreach (var entry in store.ListAsync("", null, default)) names.Add(entry.Name);

        Assert.Equal(["a/b"], names);
    }

    DiskBlobStore Open() => new(_folder.FullPath, FileLayer.Real, TimeProvider.System);

    int TryFromAnotherProcess()
    {
        using var process = Process.Start("flock", ["--nonblock", _folder["in-use.lock"], "true"]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
