namespace Cairn.Model;

/// <summary>Whose wire format an item came in, and so whose rules of identity and duplicates it follows.</summary>
/// <remarks>The numbers reach the stream and the disk: they stay for ever.</remarks>
public enum Dialect : byte
{
    Mixpanel = 1,
    Amplitude = 2,
    Segment = 3,
}
