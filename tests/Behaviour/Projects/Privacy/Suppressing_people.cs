using System.Text;
using Cairn.Ingestion;
using Cairn.Projects;
using Cairn.Projects.Privacy;
using Cairn.Storage;
using Cairn.Support.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Projects.Privacy;

public sealed class Suppressing_people : IDisposable
{
    readonly InMemoryTableStore _tables = new();
    readonly FakeTimeProvider _clock = new();
    readonly Suppressions _suppressions;

    public Suppressing_people() => _suppressions = new Suppressions(_tables, _clock);

    public void Dispose() => _suppressions.Dispose();

    [Fact]
    public async Task An_id_is_suppressed_in_its_project_and_nowhere_else_until_it_is_allowed_again()
    {
        await _suppressions.SuppressAsync("111", "ann@example.com/ü", default);

        Assert.True(Is(_suppressions, "111", "ann@example.com/ü"));
        Assert.False(Is(_suppressions, "111", "ann@example.com"));
        Assert.False(Is(_suppressions, "222", "ann@example.com/ü"));

        await _suppressions.AllowAsync("111", "ann@example.com/ü", default);
        Assert.False(Is(_suppressions, "111", "ann@example.com/ü"));
    }

    [Fact]
    public async Task The_id_itself_is_in_no_table()
    {
        await _suppressions.SuppressAsync("111", "ann", default);
        await foreach (var row in _tables.QueryAsync("suppressions", new TableRange(null), default))
            Assert.DoesNotContain("ann", $"{row.RowKey} {string.Join(' ', row.Values.Values)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Asking_before_they_are_loaded_is_a_fault_and_no_answer() =>
        Assert.Throws<InvalidOperationException>(() => Is(_suppressions, "111", "ann"));

    [Fact]
    public async Task They_are_loaded_at_the_start_and_seen_elsewhere_within_thirty_seconds()
    {
        await _suppressions.SuppressAsync("111", "ann", default);
        var tables = new FaultyTableStore(_tables);
        await using var app = new ServiceCollection().AddLogging()
            .AddSingleton<ITableStore>(tables).AddSingleton<TimeProvider>(_clock).AddProjects().BuildServiceProvider();
        var refresh = Assert.Single(app.GetServices<IHostedService>());
        await refresh.StartAsync(default);
        var elsewhere = app.GetRequiredService<ISuppressions>();
        Assert.True(Is(elsewhere, "111", "ann"));

        await _suppressions.SuppressAsync("111", "bob", default);
        tables.Decide = (_, _) => BlobFault.FailBefore;
        _clock.Advance(Suppressions.VisibleElsewhereWithin);
        Assert.True(Is(elsewhere, "111", "ann")); // the table is away: what is known stays
        tables.Decide = (_, _) => BlobFault.None;
        await EventuallyAsync(() => Is(elsewhere, "111", "bob"));
        await refresh.StopAsync(default);
    }

    async Task EventuallyAsync(Func<bool> holds)
    {
        for (var attempt = 0; attempt < 200 && !holds(); attempt++)
        {
            _clock.Advance(Suppressions.VisibleElsewhereWithin);
            await Task.Delay(10);
        }
        Assert.True(holds());
    }

    static bool Is(ISuppressions suppressions, string project, string id) => suppressions.IsSuppressed(project, Encoding.UTF8.GetBytes(id));
}
