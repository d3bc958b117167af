using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Cairn.Model.Identity;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>One project's layouts by one unit: a base, and an overlay of what came since; past a share of the rows a new base is laid out.</summary>
/// <param name="name">Of the project and of the unit that rows are laid out by.</param>
/// <remarks>The layouts themselves are in the cache, under its budget: what was put out is laid out again.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gate holds no wait handle")]
sealed class ProjectJourneys(string name, ProjectColumns columns, ColumnCache cache)
{
    /// <summary>Rows of an overlay, of those of its base.</summary>
    const double MaxOverlayShare = 0.05;

    /// <summary>Rows up to which an overlay is worth its while however small the base.</summary>
    const int SmallOverlayRows = 1_000;

    /// <summary>One report at a time decides what is laid out; others wait, for they would lay out the same.</summary>
    readonly SemaphoreSlim gate = new(1, 1);
    Generation? current;
    int generations;

    /// <summary>The rows of a snapshot by person, with these properties read.</summary>
    public async Task<JourneySlice> OpenAsync(ScanContext context, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, CancellationToken cancellationToken)
    {
        var (generation, (layer, over, overlay)) = await LayersAsync(context, cancellationToken);
        var shards = new List<JourneyShard>();
        try
        {
            shards.AddRange(await layer.OpenAsync(context, properties, needsPersons, overlay?.PassedOver(layer), cancellationToken));
            if (over is not null) shards.AddRange(await over.OpenAsync(context, properties, needsPersons, null, cancellationToken));
        }
        catch (RowFileGoneException)
        {
            // A column that nobody asked for before is read of all files of the base, also of those whose rows lie elsewhere by now.
            await LeaveAsync(generation);
            throw;
        }
        return JourneySlice.Of(shards);
    }

    async Task<(Generation Generation, (Layer Base, Layer? Over, Overlay? Overlay) Layers)> LayersAsync(ScanContext context, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (current is not null && await OverAsync(current, context, cancellationToken) is { } found) return (current, found);
            var next = new Generation(KeyOf(++generations), context.Snapshot, context.Owners);
            var layer = await LayerAsync(next, context.Count, cancellationToken);
            Replace(next);
            return (next, (layer, null, null));
        }
        catch (RowFileGoneException)
        {
            // A file of the base is gone before all of it was read: what is opened next is without it.
            Replace(null);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Lays out anew next time, unless that has happened meanwhile.</summary>
    async Task LeaveAsync(Generation generation)
    {
        await gate.WaitAsync(CancellationToken.None);
        try
        {
            if (ReferenceEquals(current, generation)) Replace(null);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The base with what came since; null where that is too much.</summary>
    async Task<(Layer Base, Layer? Over, Overlay? Overlay)?> OverAsync(Generation generation, ScanContext context, CancellationToken cancellationToken)
    {
        if (generation.Answers(context)) return (await LayerAsync(generation, context.Count, cancellationToken), null, null);
        if (context.Owners.MovesSince(generation.Owners) is not { } moves) return null;
        var difference = new SnapshotDifference(generation.Snapshot.Parts, context.Snapshot.Parts);
        var layer = await LayerAsync(generation, context.Count, cancellationToken);
        if (generation.Over is not { } over || !over.Answers(context))
        {
            var maxRows = Math.Max(SmallOverlayRows, (long)(layer.Layout.RowCount * MaxOverlayShare));
            var key = KeyOf(++generations);
            var built = await new OverlayBuilder(layer, context.Owners, context.Count).BuildAsync(key, difference, moves, maxRows, cancellationToken);
            if (built is null) return null;
            if (generation.Over is { } older) cache.Forget(new HashSet<string> { older.Key });
            generation.Over = over = new(key, context.Snapshot, context.Owners, built, LayerOf(built.Layout, context.Owners, isBase: false));
        }
        return (layer, over.Layer, over.Overlay);
    }

    ValueTask<Layer> LayerAsync(Generation generation, ReadCount count, CancellationToken cancellationToken) => cache.GetAsync(generation.Key, "layout", async () =>
    {
        // Whoever asked first may leave; the layout serves all who wait for it.
        var sources = await new PartReader(generation.Owners, count, keepsColumns: false).ReadAsync(generation.Snapshot.Parts, CancellationToken.None);
        var layout = await LayoutBuilder.BuildAsync(generation.Key, generation.Owners.Pool, sources, count, CancellationToken.None);
        return (LayerOf(layout, generation.Owners, isBase: true), layout.MemoryBytes);
    }, cancellationToken);

    Layer LayerOf(JourneyLayout layout, RowOwners owners, bool isBase) => new(layout, new LayoutColumns(layout, columns, owners, cache, keepsSources: !isBase));

    void Replace(Generation? next)
    {
        if (current is { } old) cache.Forget(new HashSet<string>(old.Over is { } over ? [old.Key, over.Key] : [old.Key]));
        current = next;
    }

    string KeyOf(int generation) => string.Create(CultureInfo.InvariantCulture, $"journeys/{name}/{generation}");

    /// <summary>A base: what it was laid out from, and what lies over it now.</summary>
    sealed class Generation(string key, EventSnapshot snapshot, RowOwners owners)
    {
        public string Key => key;
        public EventSnapshot Snapshot => snapshot;
        public RowOwners Owners => owners;
        public Laid? Over { get; set; }

        public bool Answers(ScanContext context) => context.Owners.IsSameAs(owners) && SnapshotDifference.AreSame(snapshot.Parts, context.Snapshot.Parts);
    }

    /// <summary>An overlay, and what it was laid out from.</summary>
    sealed record Laid(string Key, EventSnapshot Snapshot, RowOwners Owners, Overlay Overlay, Layer Layer)
    {
        public bool Answers(ScanContext context) => context.Owners.IsSameAs(Owners) && SnapshotDifference.AreSame(Snapshot.Parts, context.Snapshot.Parts);
    }
}
