namespace Cairn.Storage.Rows;

/// <summary>Gives equal lists of columns the same object, for as long as somebody holds it.</summary>
sealed class SharedSchemas
{
    /// <summary>Distinct schemas remembered before those that nobody holds any more are dropped.</summary>
    const int MaxSchemas = 256;

    readonly Lock gate = new();
    readonly List<WeakReference<RowSchema>> schemas = [];

    public RowSchema Of(IEnumerable<StoredColumnInfo> columns)
    {
        var fresh = new RowSchema([.. columns]);
        lock (gate)
        {
            foreach (var reference in schemas)
                if (reference.TryGetTarget(out var known) && known.Equals(fresh)) return known;
            if (schemas.Count >= MaxSchemas) schemas.RemoveAll(reference => !reference.TryGetTarget(out _));
            if (schemas.Count >= MaxSchemas) schemas.RemoveAt(0);
            schemas.Add(new(fresh));
            return fresh;
        }
    }
}

/// <summary>The columns of a file, in the order stored.</summary>
sealed class RowSchema : IEquatable<RowSchema>
{
    readonly Dictionary<string, StoredColumnType> types;
    readonly int hash;

    public RowSchema(IReadOnlyList<StoredColumnInfo> columns)
    {
        Columns = columns;
        types = columns.ToDictionary(column => column.Name, column => column.Type, StringComparer.Ordinal);
        var all = new HashCode();
        foreach (var column in columns) all.Add(column);
        hash = all.ToHashCode();
    }

    public IReadOnlyList<StoredColumnInfo> Columns { get; }

    public bool TryFind(string column, out StoredColumnType type) => types.TryGetValue(column, out type);

    public bool Equals(RowSchema? other) => other is not null && hash == other.hash && Columns.SequenceEqual(other.Columns);
    public override bool Equals(object? obj) => Equals(obj as RowSchema);
    public override int GetHashCode() => hash;
}
