{#- The verdict as a sentence without personal values, from the columns of int_inactivity_verdicts:
    what was (not) heard and for how long, the limit, and the condition that spared the contact. -#}
{% macro inactivity_reason() -%}
    {%- set text = dbt.type_string() -%}
    case
        when not (admits_opens or admits_clicks or admits_sessions or admits_orders)
            then 'cannot be judged: none of the signals of this policy is collected'
        when not can_be_judged
            then 'cannot be judged: this policy counts messages, and none is known to be sent'
        else
            case
                when last_signal_date is null and known_since is null
                    then 'no signal ever; no date of arrival known'
                when last_signal_date is null
                    then 'no signal ever, first known ' || {{ counted('days_inactive', 'day') }}
                        || ' ago'
                else
                    'no '
                    || {{ signal_names() }}
                    || ' for ' || {{ counted('days_inactive', 'day') }}
            end
            || case
                when quiet_ends is null then ''
                when cadence_ends > idle_ends or idle_ends is null
                    then '; limit '
                        || cast({{ days_between('silence_starts', 'cadence_ends') }} as {{ text }})
                        || ' by its own rhythm'
                when last_signal_date is null
                    then '; limit ' || cast(longest_limit as {{ text }})
                else '; limit '
                    || cast({{ days_between('silence_starts', 'idle_ends') }} as {{ text }})
            end
            || case
                when sends_lifetime = 0 then ''
                when sends_counted = 'all_time'
                    then '; ' || {{ counted('sends_lifetime', 'message') }} || ' in all'
                else '; ' || {{ counted('sends_since_signal', 'message') }} || ' since'
            end
            || case
                when is_newcomer
                    then '; newcomers are not judged before day ' || cast(grace_days as {{ text }})
                when not has_enough_sends
                    then ', ' || cast(sends_needed as {{ text }}) || ' needed'
                else ''
            end
            || case
                when uses_opens and not is_open_tracking_allowed
                    then '; opens not used: tracking refused'
                else ''
            end
    end
{%- endmacro %}


{#- 'open, click, session or order': the signals admitted for the contact. -#}
{% macro signal_names() -%}
    case
        {%- for opens in [true, false] -%}
            {%- for clicks in [true, false] -%}
                {%- for sessions in [true, false] -%}
                    {%- for orders in [true, false] -%}
                        {%- set names = [] -%}
                        {%- if opens -%}{%- do names.append('open') -%}{%- endif -%}
                        {%- if clicks -%}{%- do names.append('click') -%}{%- endif -%}
                        {%- if sessions -%}{%- do names.append('session') -%}{%- endif -%}
                        {%- if orders -%}{%- do names.append('order') -%}{%- endif -%}
                        {%- if names %}
                        when {{ 'not ' if not opens }}admits_opens
                            and {{ 'not ' if not clicks }}admits_clicks
                            and {{ 'not ' if not sessions }}admits_sessions
                            and {{ 'not ' if not orders }}admits_orders
                            then '
                            {%- if names | length > 1 -%}
                                {{ names[:-1] | join(', ') }} or {% endif -%}
                            {{ names[-1] }}'
                        {%- endif -%}
                    {%- endfor -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor %}
    end
{%- endmacro %}


{#- '1 day', '2 days' -#}
{% macro counted(number, noun) -%}
    (cast({{ number }} as {{ dbt.type_string() }}) || case when {{ number }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end)
{%- endmacro %}
