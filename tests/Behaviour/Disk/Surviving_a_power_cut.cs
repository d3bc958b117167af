using System.Text;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Disk;

/// <summary>Every step that a put makes on the disk is failed once, in each way, and the folder is then opened anew.</summary>
public class Surviving_a_power_cut
{
    /// <summary>More than the steps of a put into new folders; the loop stops at the first put that met no fault.</summary>
    const int MaxSteps = 40;

    [Theory]
    [InlineData(FileFault.PowerCut)]
    [InlineData(FileFault.NoSpace)]
    [InlineData(FileFault.TornWrite)]
    public async Task A_replaced_blob_is_the_old_or_the_new_at_whatever_step_the_disk_fails(FileFault fault)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            using var folder = new TemporaryFolder();
            var old = await Open(folder).PutAsync("a/state", "old"u8.ToArray(), PutCondition.None, default);

            var (layer, isAcknowledged) = await PutWithFaultAsync(folder, fault, step, "a/state", PutCondition.IfVersion(old!));

            var text = await ReadAsync(folder, "a/state");
            Assert.Contains(text, isAcknowledged ? ["new"] : new[] { "old", "new" });
            if (layer.StepCount <= step) return;
        }
        Assert.Fail("A put took more steps than expected.");
    }

    [Theory]
    [InlineData(FileFault.PowerCut)]
    [InlineData(FileFault.NoSpace)]
    [InlineData(FileFault.TornWrite)]
    public async Task A_new_blob_in_new_folders_is_whole_or_absent_at_whatever_step_the_disk_fails(FileFault fault)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            using var folder = new TemporaryFolder();

            var (layer, isAcknowledged) = await PutWithFaultAsync(folder, fault, step, "a/b/c/log", PutCondition.IfAbsent);

            var text = await ReadAsync(folder, "a/b/c/log");
            Assert.Contains(text, isAcknowledged ? ["new"] : new[] { null, "new" });
            if (layer.StepCount <= step) return;
        }
        Assert.Fail("A put took more steps than expected.");
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_power_cut_right_after()
    {
        using var folder = new TemporaryFolder();
        var layer = new FaultyFileLayer(_ => FileFault.None);
        var store = new DiskBlobStore(folder.FullPath, layer, TimeProvider.System);
        await store.PutAsync("a/b/new", "new"u8.ToArray(), PutCondition.IfAbsent, default);
        await store.PutAsync("a/gone", "x"u8.ToArray(), PutCondition.None, default);
        await store.DeleteAsync("a/gone", default);

        layer.CutPower();

        Assert.Equal("new", await ReadAsync(folder, "a/b/new"));
        Assert.Null(await ReadAsync(folder, "a/gone"));
    }

    [Fact]
    public async Task Whoever_loses_a_put_if_absent_has_lost_to_something_durable()
    {
        // The first put fails at the flush of its folder; the second loses against what the first left, and must be able to rely on it.
        for (var step = 0; step < MaxSteps; step++)
        {
            using var folder = new TemporaryFolder();
            var layer = new FaultyFileLayer(s => s == step ? FileFault.NoSpace : FileFault.None);
            var store = new DiskBlobStore(folder.FullPath, layer, TimeProvider.System);
            try
            {
                await store.PutAsync("log/1", "first"u8.ToArray(), PutCondition.IfAbsent, default);
            }
            catch (StorageUnavailableException)
            {
                // Told so: unknown whether it landed.
            }
            if (layer.StepCount <= step) return;
            var second = await store.PutAsync("log/1", "second"u8.ToArray(), PutCondition.IfAbsent, default);

            layer.CutPower();

            Assert.Equal(second is null ? "first" : "second", await ReadAsync(folder, "log/1"));
        }
        Assert.Fail("A put took more steps than expected.");
    }

    [Fact]
    public async Task A_full_disk_is_told_as_a_fault_of_the_store_and_leaves_no_unfinished_file()
    {
        using var folder = new TemporaryFolder();
        var isFull = true;
        var store = new DiskBlobStore(folder.FullPath, new FaultyFileLayer(_ => isFull ? FileFault.NoSpace : FileFault.None), TimeProvider.System);

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.PutAsync("a", "x"u8.ToArray(), PutCondition.None, default));
        isFull = false;
        await store.PutAsync("a", "y"u8.ToArray(), PutCondition.None, default);

        Assert.Contains("No space left", fault.Message, StringComparison.Ordinal);
        Assert.Equal("y", await ReadAsync(folder, "a"));
        Assert.Empty(Directory.EnumerateFiles(folder[",tmp"]));
    }

    [Fact]
    public async Task What_a_dead_process_left_unfinished_is_removed_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var layer = new FaultyFileLayer(step => step >= 3 ? FileFault.PowerCut : FileFault.None);
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new DiskBlobStore(folder.FullPath, layer, TimeProvider.System).PutAsync("a", "x"u8.ToArray(), PutCondition.None, default));
        File.WriteAllText(folder[",tmp/left"], "half a blo");

        var store = Open(folder);
        store.ForgetUnfinishedPuts();

        Assert.Empty(Directory.EnumerateFiles(folder[",tmp"]));
    }

    static async Task<(FaultyFileLayer Layer, bool IsAcknowledged)> PutWithFaultAsync(
        TemporaryFolder folder, FileFault fault, int step, string name, PutCondition condition)
    {
        var layer = new FaultyFileLayer(s => s == step ? fault : FileFault.None);
        var store = new DiskBlobStore(folder.FullPath, layer, TimeProvider.System);
        try
        {
            var etag = await store.PutAsync(name, "new"u8.ToArray(), condition, default);
            return (layer, etag is not null);
        }
        catch (StorageUnavailableException)
        {
            return (layer, false);
        }
    }

    static DiskBlobStore Open(TemporaryFolder folder) => new(folder.FullPath, FileLayer.Real, TimeProvider.System);

    static async Task<string?> ReadAsync(TemporaryFolder folder, string name) =>
        await Open(folder).ReadAsync(name, default) is { } content ? Encoding.UTF8.GetString(content.Bytes.Span) : null;
}
