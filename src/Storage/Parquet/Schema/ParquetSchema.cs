namespace Cairn.Storage.Parquet;

/// <summary>The fields of a file, and its columns: the leaves of that tree, in their order.</summary>
public sealed class ParquetSchema
{
    /// <summary>Groups in each other; Delta's checkpoints nest five deep.</summary>
    internal const int MaxDepth = 32;

    readonly List<ParquetLeaf> leaves = [];
    readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Two siblings share a name, a group is empty, or groups nest too deep.</exception>
    public ParquetSchema(IEnumerable<ParquetField> fields)
    {
        Fields = [.. fields];
        AddLeaves(Fields, [], 0, 0);
        foreach (var leaf in leaves)
            if (leaf.Path.Count == 1) byName.Add(leaf.Column.Name, leaf.Index);
    }

    /// <summary>The root's fields.</summary>
    public IReadOnlyList<ParquetField> Fields { get; }

    /// <summary>All columns, flat and nested, in the file's order; a column's index everywhere is its place here.</summary>
    public IReadOnlyList<ParquetLeaf> Leaves => leaves;

    /// <summary>The index of a column at the top of the tree; -1 where there is none of this name.</summary>
    public int IndexOf(string name) => byName.GetValueOrDefault(name, -1);

    /// <summary>The index of a column by its names from the top; -1 where there is none.</summary>
    public int IndexOf(params ReadOnlySpan<string> path)
    {
        foreach (var leaf in leaves)
        {
            if (leaf.Path.Count != path.Length) continue;
            var same = true;
            for (var i = 0; i < path.Length; i++) same &= leaf.Path[i] == path[i];
            if (same) return leaf.Index;
        }
        return -1;
    }

    void AddLeaves(IReadOnlyList<ParquetField> fields, string[] parents, int definition, int repetition)
    {
        if (parents.Length > MaxDepth) throw new ArgumentException($"groups nest deeper than {MaxDepth}");
        if (fields.Count == 0 && parents.Length > 0) throw new ArgumentException($"group {string.Join('.', parents)} has no fields");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (!names.Add(field.Name)) throw new ArgumentException($"two fields are named {string.Join('.', [.. parents, field.Name])}");
            var ownDefinition = definition + (field.Repetition == Repetition.Required ? 0 : 1);
            var ownRepetition = repetition + (field.Repetition == Repetition.Repeated ? 1 : 0);
            string[] path = [.. parents, field.Name];
            if (field is ParquetGroup group) AddLeaves(group.Fields, path, ownDefinition, ownRepetition);
            else leaves.Add(new((ParquetColumn)field, path, leaves.Count, ownDefinition, ownRepetition));
        }
    }
}

/// <summary>A column's place in its schema.</summary>
/// <param name="Column">What it holds.</param>
/// <param name="Path">Names from the top of the tree down to its own.</param>
/// <param name="Index">Its place among all columns.</param>
/// <param name="MaxDefinition">How many of the fields on its path may be absent or repeated; a value stands where the definition level is this.</param>
/// <param name="MaxRepetition">How many of them are repeated.</param>
public sealed record ParquetLeaf(ParquetColumn Column, IReadOnlyList<string> Path, int Index, int MaxDefinition, int MaxRepetition)
{
    /// <summary>One slot a row: neither in a list nor in a group that may be null.</summary>
    public bool IsFlat => MaxRepetition == 0 && MaxDefinition == (Column.Nullable ? 1 : 0);

    /// <summary>The path as messages show it.</summary>
    public override string ToString() => string.Join('.', Path);
}
