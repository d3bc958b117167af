using Cairn.Disk.Tables;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage;

public sealed class Keeping_rows_in_memory : TableStoreContract
{
    protected override ITableStore Store { get; } = new InMemoryTableStore();
}

public sealed class Keeping_rows_on_disk : TableStoreContract, IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly SqliteTableStore _store;

    public Keeping_rows_on_disk() => _store = new SqliteTableStore(_folder["tables.db"]);

    protected override ITableStore Store => _store;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
