namespace Cairn.Storage.Parquet;

/// <summary>How often a field stands in its parent.</summary>
/// <remarks>The numbers are parquet.thrift's <c>FieldRepetitionType</c>.</remarks>
public enum Repetition
{
    /// <summary>Once.</summary>
    Required = 0,

    /// <summary>Once or null.</summary>
    Optional = 1,

    /// <summary>Any number of times: the middle level of a list or a map.</summary>
    Repeated = 2,
}
