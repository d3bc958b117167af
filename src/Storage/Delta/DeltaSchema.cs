using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Cairn.Storage.Delta;

/// <summary>A table's columns, in order. Immutable; it only grows.</summary>
/// <remarks>
/// No two names are equal regardless of case, for engines fold case each in its own way and ClickHouse refuses a table with such a pair. A new column never
/// takes the name of one that is there: it gets a suffix, and its notes keep the name that was asked for.
/// </remarks>
public sealed class DeltaSchema
{
    /// <summary>Begins the name of a column that was asked for with an empty one.</summary>
    const string EmptyName = "_empty";

    readonly ImmutableDictionary<string, DeltaColumn> byFoldedName;
    readonly ImmutableDictionary<(string Original, DeltaType Type, string Kind), DeltaColumn> byOrigin;

    DeltaSchema(
        ImmutableList<DeltaColumn> columns,
        ImmutableDictionary<string, DeltaColumn> byFoldedName,
        ImmutableDictionary<(string Original, DeltaType Type, string Kind), DeltaColumn> byOrigin,
        int lastFieldId)
    {
        Columns = columns;
        this.byFoldedName = byFoldedName;
        this.byOrigin = byOrigin;
        LastFieldId = lastFieldId;
    }

    /// <summary>All columns in their order.</summary>
    public ImmutableList<DeltaColumn> Columns { get; }

    /// <summary>The largest field id ever given out in this table.</summary>
    public int LastFieldId { get; }

    /// <summary>The schema a table begins with. These columns' physical names are their own names, so that single files read well too.</summary>
    /// <exception cref="ArgumentException">Names are empty or equal regardless of case.</exception>
    public static DeltaSchema Of(params ReadOnlySpan<DeltaFixedColumn> columns)
    {
        var made = new List<DeltaColumn>();
        foreach (var column in columns)
            made.Add(new(column.Name, column.Type, column.Name, made.Count + 1, column.Nullable, ImmutableSortedDictionary<string, string>.Empty));
        return Restore(made, made.Count);
    }

    /// <summary>A schema as a log holds it.</summary>
    /// <exception cref="ArgumentException">Two columns share a name regardless of case, a physical name or an id, or an id is past <paramref name="lastFieldId"/>.</exception>
    internal static DeltaSchema Restore(IReadOnlyList<DeltaColumn> columns, int lastFieldId)
    {
        var names = ImmutableDictionary.CreateBuilder<string, DeltaColumn>(StringComparer.Ordinal);
        var origins = ImmutableDictionary.CreateBuilder<(string, DeltaType, string), DeltaColumn>();
        var physical = new HashSet<string>(StringComparer.Ordinal);
        var ids = new HashSet<int>();
        foreach (var column in columns)
        {
            if (column.Name.Length == 0) throw new ArgumentException("a column has no name");
            if (!names.TryAdd(Fold(column.Name), column)) throw new ArgumentException($"column '{column.Name}' is there twice, regardless of case");
            if (!physical.Add(column.PhysicalName)) throw new ArgumentException($"two columns have the physical name '{column.PhysicalName}'");
            if (column.FieldId < 1 || column.FieldId > lastFieldId || !ids.Add(column.FieldId)) throw new ArgumentException($"column '{column.Name}' has the field id {column.FieldId}: taken, or past {lastFieldId}");
            origins.TryAdd((column.Original, column.Type, column.Kind), column);
        }
        return new([.. columns], names.ToImmutable(), origins.ToImmutable(), lastFieldId);
    }

    /// <summary>The column of this name, exactly as written; null where there is none.</summary>
    public DeltaColumn? Find(string name) => byFoldedName.GetValueOrDefault(Fold(name)) is { } column && column.Name == name ? column : null;

    /// <summary>The column that was made for this name, type and kind, whatever it is called now; null where there is none.</summary>
    public DeltaColumn? Find(string original, DeltaType type, string kind) => byOrigin.GetValueOrDefault((WellFormed(original), type, kind));

    /// <summary>This schema with a column for a name, type and kind; this one where it has it already.</summary>
    /// <param name="original">Any text.</param>
    /// <param name="kind">The caller's word for what it is, such as "property"; not empty, so that it is never a column the table began with.</param>
    /// <remarks>
    /// Where the name is taken by a column of the same original name, the suffix is the new type (<c>plan_double</c>) or, where that is the same, the kind
    /// (<c>plan_json</c>); in any other clash a number (<c>Plan_2</c>). An empty name is <c>_empty</c>. Half an emoji becomes U+FFFD. Two writers that add the same column to the same schema make the same column.
    /// </remarks>
    public DeltaSchema With(string original, DeltaType type, string kind, IEnumerable<KeyValuePair<string, string>>? notes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        original = WellFormed(original);
        if (byOrigin.ContainsKey((original, type, kind))) return this;
        var name = FreeName(original, type, kind);
        var kept = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        kept.AddRange(notes ?? []);
        kept[DeltaColumn.KindNote] = kind;
        if (name != original) kept[DeltaColumn.OriginalNote] = original;
        var id = LastFieldId + 1;
        var column = new DeltaColumn(name, type, PhysicalNameOf(original, type, kind, id), id, Nullable: true, kept.ToImmutable());
        return new(Columns.Add(column), byFoldedName.Add(Fold(name), column), byOrigin.Add((original, type, kind), column), id);
    }

    /// <summary>Names that some engine takes for one another have one folded name.</summary>
    /// <remarks>Java and ICU also fold U+017F (long s) to s, U+212A (Kelvin) to k, and both Turkish i's to i, where .NET keeps some of them apart.</remarks>
    static string Fold(string name) =>
        name.Replace('\u017F', 's').Replace('\u0131', 'i').Replace('\u0130', 'i').Replace('\u212A', 'k').ToUpperInvariant().ToLowerInvariant();

    string FreeName(string original, DeltaType type, string kind)
    {
        var name = original.Length == 0 ? EmptyName : original;
        if (IsFree(name)) return name;
        if (byFoldedName[Fold(name)].Original == original && byFoldedName[Fold(name)].Kind.Length > 0)
        {
            // A second column of the very same name says what sets it apart; a clash of case or with a fixed column is just numbered.
            var suffixed = $"{name}_{(byFoldedName[Fold(name)].Type == type ? kind : DeltaTypeNames.NameOf(type))}";
            if (IsFree(suffixed)) return suffixed;
        }
        for (var number = 2; ; number++)
        {
            var numbered = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
            if (IsFree(numbered)) return numbered;
        }
    }

    bool IsFree(string name) => !byFoldedName.ContainsKey(Fold(name));

    static string PhysicalNameOf(string original, DeltaType type, string kind, int fieldId)
    {
        // The id makes it new even where an equal column was dropped before: its old values must not come back.
        var hash = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes($"{fieldId}\0{DeltaTypeNames.NameOf(type)}\0{kind}\0{original}"));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return $"col-{new Guid(bytes, bigEndian: true):D}";
    }

    static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
