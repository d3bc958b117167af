namespace Cairn.Storage.Delta;

/// <summary>What a column holds: the primitive types of Delta's schemas that we use.</summary>
/// <remarks>Source: delta-io/delta, PROTOCOL.md, "Primitive Types".</remarks>
public enum DeltaType
{
    /// <summary>UTF-8 text; also JSON text.</summary>
    String,

    Double,

    Boolean,

    /// <summary>A point in time; kept in Parquet as milliseconds UTC.</summary>
    Timestamp,

    /// <summary>64-bit whole numbers.</summary>
    Long,

    /// <summary>32-bit whole numbers.</summary>
    Integer,

    /// <summary>A day; kept in Parquet as days since 1970-01-01.</summary>
    Date,
}

/// <summary>Types as schemas spell them.</summary>
static class DeltaTypeNames
{
    public static string NameOf(DeltaType type) => type switch
    {
        DeltaType.String => "string",
        DeltaType.Double => "double",
        DeltaType.Boolean => "boolean",
        DeltaType.Timestamp => "timestamp",
        DeltaType.Long => "long",
        DeltaType.Integer => "integer",
        DeltaType.Date => "date",
    };

    public static DeltaType? TypeOf(string name)
    {
        foreach (var type in Enum.GetValues<DeltaType>())
            if (NameOf(type) == name) return type;
        return null;
    }
}
