namespace Nuncio.Core.Formatting;

/// <summary>The format of an access log that configures none, for HTTP and TCP alike, as Envoy's.</summary>
public static class DefaultFormat
{
    /// <summary>The template.</summary>
    public const string Text =
        "[%START_TIME%] \"%REQUEST_HEADER(:METHOD)% %REQUEST_HEADER(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
        + "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
        + "%RESPONSE_HEADER(X-ENVOY-UPSTREAM-SERVICE-TIME)% "
        + "\"%REQUEST_HEADER(X-FORWARDED-FOR)%\" \"%REQUEST_HEADER(USER-AGENT)%\" \"%REQUEST_HEADER(X-REQUEST-ID)%\" "
        + "\"%REQUEST_HEADER(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /// <summary>The template, compiled.</summary>
    public static SubstitutionFormatter Create(FormatterOptions options) =>
        SubstitutionFormatter.TryParse(Text, options, out SubstitutionFormatter? formatter, out string? error)
            ? formatter
            : throw new InvalidOperationException(error);
}
