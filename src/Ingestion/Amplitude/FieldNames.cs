namespace Cairn.Ingestion.Amplitude;

/// <summary>Which names of fields an endpoint knows beside those of HTTP V2.</summary>
public enum FieldNames
{
    /// <summary>No others.</summary>
    HttpV2,

    /// <summary>Those of the identify and group identify APIs: <c>group_type</c>, <c>group_value</c>.</summary>
    Forms,

    /// <summary>Those of the SDKs before 2020: <c>timestamp</c>, <c>uuid</c>, <c>api_properties</c>, and the library as an object.</summary>
    Legacy,
}
