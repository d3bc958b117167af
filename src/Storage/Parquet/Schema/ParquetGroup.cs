namespace Cairn.Storage.Parquet;

/// <summary>What a group stands for.</summary>
public enum GroupKind
{
    /// <summary>Named fields; also the middle level of lists and maps.</summary>
    Struct,

    /// <summary>A list: one repeated group "list" of one field "element".</summary>
    List,

    /// <summary>A map: one repeated group "key_value" of the fields "key" and "value".</summary>
    Map,
}

/// <summary>A field that holds fields.</summary>
/// <param name="Name">Unique among its siblings.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Fields">In their order.</param>
/// <param name="Nullable">Whether it may be null as a whole.</param>
/// <param name="FieldId">The table's own number for it, null for none.</param>
/// <remarks>Source of the shapes: apache/parquet-format, LogicalTypes.md, "Nested Types".</remarks>
public sealed record ParquetGroup(string Name, GroupKind Kind, IReadOnlyList<ParquetField> Fields, bool Nullable = true, int? FieldId = null)
    : ParquetField(Name, FieldId)
{
    public override Repetition Repetition => IsRepeated ? Repetition.Repeated : Nullable ? Repetition.Optional : Repetition.Required;

    /// <summary>The middle level of a list or a map.</summary>
    internal bool IsRepeated { get; init; }

    /// <summary>Named fields.</summary>
    public static ParquetGroup Struct(string name, params ParquetField[] fields) => new(name, GroupKind.Struct, fields);

    /// <summary>A list of <paramref name="element"/>, which is named "element".</summary>
    public static ParquetGroup List(string name, ParquetField element) =>
        new(name, GroupKind.List, [new ParquetGroup("list", GroupKind.Struct, [element with { Name = "element" }]) { IsRepeated = true }]);

    /// <summary>A map; its key is named "key" and never null, its value "value".</summary>
    public static ParquetGroup Map(string name, ParquetColumn key, ParquetField value) =>
        new(name, GroupKind.Map, [new ParquetGroup("key_value", GroupKind.Struct, [key with { Name = "key", Nullable = false }, value with { Name = "value" }]) { IsRepeated = true }]);
}
